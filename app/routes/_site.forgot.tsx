import { type ActionFunctionArgs, data, type MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData } from '@remix-run/react';
import { z } from 'zod';
import { refusedForm } from '../services/account-form.server.ts';
import { readForm } from '../services/body.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';
import { askForNewPassword } from '../services/sign-up.server.ts';
import { AuthCard, Field, FormNote } from '../site/account/auth-card.tsx';
import { texts } from '../site/account/texts.ts';

export { accountLinks as links, actionHeaders as headers } from '../site/account/links.ts';

export const meta: MetaFunction = () => [
  { title: 'Forgot your password? · WellChina' },
  { name: 'robots', content: 'noindex' },
];

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const form = await readForm(request);
  const typed = { email: form.get('email')?.trim().slice(0, 320) ?? '', sent: false };
  if (!z.email().safeParse(typed.email).success) return refusedForm('invalid', typed);
  const refusal = await askForNewPassword(request, context.cloudflare.env, typed.email);
  return refusal ? refusedForm(refusal, typed) : data({ ...typed, sent: true, problem: null });
}

export default function Forgot() {
  const answer = useActionData<typeof action>();
  if (answer?.sent) {
    return (
      <AuthCard title="Look into your mailbox">
        <p className="auth-card__lead">
          If <strong>{answer.email}</strong> has an account, a link for a new password is on its way there.
        </p>
        <p className="auth-card__other">
          <Link to="/login">Back to signing in</Link>
        </p>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={texts.forgot} lead="We send you a link with which you can choose a new one.">
      {answer?.problem && <FormNote kind="problem">{answer.problem}</FormNote>}
      <Form method="post" reloadDocument className="stack">
        <Field
          name="email"
          label={texts.email}
          type="email"
          autoComplete="username"
          maxLength={320}
          required
          defaultValue={answer?.email}
        />
        <button type="submit" className="button">
          Send the link
        </button>
      </Form>
      <p className="auth-card__other">
        <Link to="/login">Back to signing in</Link>
      </p>
    </AuthCard>
  );
}
