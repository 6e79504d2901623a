import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { redirect } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react';
import { z } from 'zod';
import { seemsGuest, seemsSignedIn } from '../services/account.server.ts';
import { refusedForm } from '../services/account-form.server.ts';
import { readForm } from '../services/body.server.ts';
import { beginGoogle } from '../services/google.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';
import { signIn } from '../services/sign-in.server.ts';
import { AuthCard, BringChoice, Field, FormNote, GoogleForm } from '../site/account/auth-card.tsx';
import { safeSiteNext } from '../site/account/safe-next.ts';
import { refusals, texts } from '../site/account/texts.ts';

export { accountLinks as links, actionHeaders as headers } from '../site/account/links.ts';

export const meta: MetaFunction = () => [
  { title: 'Sign in · WellChina' },
  { name: 'robots', content: 'noindex' },
];

export function loader({ request }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const next = safeSiteNext(searchParams.get('next'));
  const why = searchParams.get('problem');
  const confirmed = searchParams.get('done') === 'confirmed';
  if (seemsSignedIn(request) && why === null && !confirmed) throw redirect(next);
  // One of ours by its name, or nothing: an address must not put words on the page.
  const problem =
    why !== null && Object.hasOwn(refusals, why) ? refusals[why as keyof typeof refusals] : null;
  return { next, problem, confirmed, guest: seemsGuest(request) };
}

const credentialsSchema = z.object({
  email: z.string().trim().max(320).pipe(z.email()),
  password: z.string().min(1).max(1_000),
});

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const { env } = context.cloudflare;
  const next = safeSiteNext(new URL(request.url).searchParams.get('next'));
  const form = await readForm(request);
  const bring = form.get('bring') === 'yes';
  const typed = { email: form.get('email')?.slice(0, 320) ?? '' };
  if (form.get('intent') === 'google') {
    const begun = await beginGoogle(request, env, 'page', { next, bring });
    return begun.ok ? redirect(begun.url, { headers: begun.headers }) : refusedForm(begun.refusal, typed);
  }
  const credentials = credentialsSchema.safeParse(Object.fromEntries(form));
  if (!credentials.success) return refusedForm('incomplete', typed);
  const entered = await signIn(request, env, credentials.data, bring);
  return entered.ok ? redirect(next, { headers: entered.headers }) : refusedForm(entered.refusal, typed);
}

export default function Login() {
  const { next, problem, confirmed, guest } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const shown = refused?.problem ?? problem;
  return (
    <AuthCard title={texts.signIn} lead="Your conversations are waiting for you.">
      {shown && <FormNote kind="problem">{shown}</FormNote>}
      {confirmed && !refused && <FormNote kind="done">Your address is confirmed. {texts.confirmed}</FormNote>}
      {refused?.refusal === 'team' && (
        <p>
          {/* The desk has no chat of its own: a full load leaves the widget behind. */}
          <Link to="/agent/login" reloadDocument>
            Go to the desk
          </Link>
        </p>
      )}
      <GoogleForm next={next} bring={guest} />
      <Form method="post" action={`/login?next=${encodeURIComponent(next)}`} reloadDocument className="stack">
        <Field
          name="email"
          label={texts.email}
          type="email"
          autoComplete="username"
          maxLength={320}
          required
          defaultValue={refused?.email}
        />
        <Field
          name="password"
          label={texts.password}
          type="password"
          autoComplete="current-password"
          required
        />
        {guest && <BringChoice />}
        <button type="submit" className="button">
          {texts.signIn}
        </button>
      </Form>
      <p className="auth-card__other">
        <Link to="/forgot">{texts.forgot}</Link>
      </p>
      <p className="auth-card__other">
        New here? <Link to="/signup">{texts.signUp}</Link>
      </p>
    </AuthCard>
  );
}
