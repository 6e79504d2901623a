import type {
  ActionFunctionArgs,
  HeadersFunction,
  LinksFunction,
  LoaderFunctionArgs,
  MetaFunction,
} from '@remix-run/cloudflare';
import { data, redirect } from '@remix-run/cloudflare';
import { useActionData } from '@remix-run/react';
import { z } from 'zod';
import login from '../desk/login.css?url';
import { LoginForm } from '../desk/login-form.tsx';
import { safeNext } from '../desk/safe-next.ts';
import { isSignedInAgent, RETRY_AFTER_SECONDS, signInAgent } from '../services/agent-session.server.ts';
import { tooManyAttempts } from '../services/attempts.server.ts';
import { readForm } from '../services/body.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';

export const links: LinksFunction = () => [{ rel: 'stylesheet', href: login }];

export const meta: MetaFunction = () => [
  { title: 'Sign in · WellChina Desk' },
  { name: 'robots', content: 'noindex' },
];

export const headers: HeadersFunction = ({ actionHeaders }) => actionHeaders;

export async function loader({ request, context }: LoaderFunctionArgs) {
  if (await isSignedInAgent(request, context.cloudflare.env)) throw redirect(nextOf(request));
  return null;
}

const credentialsSchema = z.object({
  email: z.string().trim().pipe(z.email()),
  password: z.string().min(1).max(1_000),
});

const ANSWERS = {
  incomplete: { status: 400, message: 'Enter your email address and your password.' },
  wrong_credentials: {
    status: 401,
    message: 'That email and password don’t match. Check both and try again.',
  },
  not_an_agent: {
    status: 403,
    message: 'This account isn’t a support agent’s. Ask an administrator if it should be.',
  },
  busy: { status: 429, message: 'Too many attempts. Wait a minute, then try again.' },
  away: { status: 503, message: 'Signing in isn’t possible right now. Try again in a few seconds.' },
} as const;

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const { env, ctx } = context.cloudflare;
  const form = await readForm(request);
  const email = form.get('email')?.slice(0, 320) ?? '';
  const credentials = credentialsSchema.safeParse(Object.fromEntries(form));
  const result = !credentials.success
    ? { ok: false as const, code: 'incomplete' as const }
    : (await tooManyAttempts(request, env, credentials.data.email))
      ? { ok: false as const, code: 'busy' as const }
      : await signInAgent(request, env, credentials.data, (work) => ctx.waitUntil(work));
  if (result.ok) return redirect(nextOf(request), { headers: result.headers });
  const { status, message } = ANSWERS[result.code];
  const headers = new Headers({ 'Cache-Control': 'no-store' });
  if (result.code === 'busy') headers.set('Retry-After', '60');
  if (result.code === 'away') headers.set('Retry-After', String(RETRY_AFTER_SECONDS));
  return data({ email, message }, { status, headers });
}

export default function Login() {
  const refused = useActionData<typeof action>();
  return <LoginForm email={refused?.email ?? ''} problem={refused?.message ?? null} />;
}

function nextOf(request: Request): string {
  return safeNext(new URL(request.url).searchParams.get('next'));
}
