import { type LoaderFunctionArgs, redirect } from '@remix-run/cloudflare';
import { googleRefusal } from '../services/google.server.ts';
import { signInWithGoogle } from '../services/sign-in.server.ts';
import { safeSiteNext } from '../site/account/safe-next.ts';

/** Where the site’s own way through Google comes back to. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const code = searchParams.get('code');
  if (code === null) {
    const why = googleRefusal(searchParams);
    return redirect(`/login?problem=${why === 'unavailable' ? 'away' : why}`);
  }
  const entered = await signInWithGoogle(request, context.cloudflare.env, 'page', { code, bring: false });
  if (!entered.ok) return redirect(`/login?problem=${entered.refusal}`);
  return redirect(safeSiteNext(entered.next), { headers: entered.headers });
}
