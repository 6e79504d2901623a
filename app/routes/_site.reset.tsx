import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react';
import { refusedForm } from '../services/account-form.server.ts';
import { readForm } from '../services/body.server.ts';
import { mayReset, resetPassword } from '../services/confirm.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';
import { AuthCard, Field, FormNote } from '../site/account/auth-card.tsx';
import { texts } from '../site/account/texts.ts';

export { accountLinks as links, actionHeaders as headers } from '../site/account/links.ts';

export const meta: MetaFunction = () => [
  { title: 'New password · WellChina' },
  { name: 'robots', content: 'noindex' },
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { may: await mayReset(request, context.cloudflare.env) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const password = (await readForm(request)).get('password') ?? '';
  if (password === '' || password.length > 1_000) return refusedForm('incomplete', {});
  const reset = await resetPassword(request, context.cloudflare.env, password);
  if (!reset.ok) return refusedForm(reset.refusal, {}, 'words' in reset ? { words: reset.words } : {});
  if (reset.is === 'half') return redirect('/login');
  return redirect(reset.is === 'team' ? '/agent/login' : '/account?done=password', {
    headers: reset.headers,
  });
}

export default function Reset() {
  const { may } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  if (!may) {
    return (
      <AuthCard title="This link no longer works" lead="It has been used already, or is too old.">
        <Link className="button" to="/forgot">
          Ask for a new one
        </Link>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="Choose a new password" lead="You are signed out everywhere else with it.">
      {refused?.problem && <FormNote kind="problem">{refused.problem}</FormNote>}
      <Form method="post" reloadDocument className="stack">
        <Field
          name="password"
          label={texts.newPassword}
          type="password"
          autoComplete="new-password"
          hint={texts.passwordHint}
          minLength={8}
          required
        />
        <button type="submit" className="button">
          Save the new password
        </button>
      </Form>
    </AuthCard>
  );
}
