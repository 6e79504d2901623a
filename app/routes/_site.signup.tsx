import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { data, redirect } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react';
import { z } from 'zod';
import { storableText } from '../protocol/context.ts';
import { seemsGuest, seemsSignedIn } from '../services/account.server.ts';
import { refusedForm } from '../services/account-form.server.ts';
import { readForm } from '../services/body.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';
import { askForConfirmation, signUp } from '../services/sign-up.server.ts';
import { AuthCard, Field, FormNote, GoogleForm } from '../site/account/auth-card.tsx';
import { ACCOUNT } from '../site/account/safe-next.ts';
import { texts } from '../site/account/texts.ts';

export { accountLinks as links, actionHeaders as headers } from '../site/account/links.ts';

export const meta: MetaFunction = () => [
  { title: 'Create an account · WellChina' },
  { name: 'robots', content: 'noindex' },
];

export function loader({ request }: LoaderFunctionArgs) {
  if (seemsSignedIn(request)) throw redirect(ACCOUNT);
  return { guest: seemsGuest(request) };
}

const formSchema = z.object({
  fullName: storableText.trim().min(1).max(80),
  email: z.string().trim().max(320).pipe(z.email()),
  password: z.string().min(1).max(1_000),
});

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const { env } = context.cloudflare;
  const form = await readForm(request);
  const typed = {
    email: form.get('email')?.slice(0, 320) ?? '',
    fullName: form.get('fullName')?.slice(0, 80) ?? '',
    sent: null as string | null,
  };
  if (form.get('intent') === 'again') {
    const refusal = await askForConfirmation(request, env, typed.email);
    return refusal ? refusedForm(refusal, typed) : data({ ...typed, sent: typed.email, problem: null });
  }
  const account = formSchema.safeParse(Object.fromEntries(form));
  if (!account.success) {
    const field = account.error.issues[0]?.path[0];
    return refusedForm(field === 'email' && typed.email ? 'invalid' : 'incomplete', typed);
  }
  const made = await signUp(request, env, account.data);
  const { headers } = made;
  if (!made.ok) return refusedForm(made.refusal, typed, { words: made.words, headers });
  if (made.waits) return data({ ...typed, sent: account.data.email, problem: null }, { headers });
  return redirect(ACCOUNT, { headers });
}

export default function SignUp() {
  const { guest } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  if (answer?.sent) return <MailSent email={answer.sent} />;
  return (
    <AuthCard
      title={texts.signUp}
      lead={
        guest
          ? 'Your conversation stays yours: find it again on every device.'
          : 'Find your conversations again on every device.'
      }
    >
      {answer?.problem && <FormNote kind="problem">{answer.problem}</FormNote>}
      <GoogleForm next={ACCOUNT} bring={guest} />
      <Form method="post" reloadDocument className="stack">
        <Field
          name="fullName"
          label={texts.name}
          autoComplete="name"
          maxLength={80}
          required
          defaultValue={answer?.fullName}
        />
        <Field
          name="email"
          label={texts.email}
          type="email"
          autoComplete="email"
          maxLength={320}
          required
          defaultValue={answer?.email}
        />
        <Field
          name="password"
          label={texts.password}
          type="password"
          autoComplete="new-password"
          hint={texts.passwordHint}
          minLength={8}
          required
        />
        <button type="submit" className="button">
          {texts.signUp}
        </button>
      </Form>
      <p className="auth-card__other">
        You have an account? <Link to="/login">{texts.signIn}</Link>
      </p>
    </AuthCard>
  );
}

function MailSent({ email }: { email: string }) {
  return (
    <AuthCard title="Look into your mailbox">
      <p className="auth-card__lead">
        We have sent a link to <strong>{email}</strong>. Follow it to confirm the address; until then you can
        go on chatting as you are.
      </p>
      <Form method="post" reloadDocument className="stack">
        <input type="hidden" name="intent" value="again" />
        <input type="hidden" name="email" value={email} />
        <button type="submit" className="button button--quiet">
          Send it once more
        </button>
      </Form>
      <p className="auth-card__other">
        Mistyped? <Link to="/signup">Begin again</Link>
      </p>
    </AuthCard>
  );
}
