import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { refusedForm } from '../services/account-form.server.ts';
import { readForm } from '../services/body.server.ts';
import { confirm, linkSchema, type MailLink } from '../services/confirm.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';
import { AuthCard, FormNote } from '../site/account/auth-card.tsx';
import { texts } from '../site/account/texts.ts';

export { accountLinks as links, actionHeaders as headers } from '../site/account/links.ts';

export const meta: MetaFunction = () => [
  { title: 'Confirm · WellChina' },
  { name: 'robots', content: 'noindex' },
];

/** Nothing is taken from a link that is only opened: mail programs open links by themselves, and each is good once. */
export function loader({ request }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const link = linkSchema.safeParse(Object.fromEntries(searchParams));
  return { link: link.success ? link.data : null, failed: searchParams.has('error') };
}

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const link = linkSchema.safeParse(Object.fromEntries(await readForm(request)));
  if (!link.success) return refusedForm('expired', { half: false });
  const confirmed = await confirm(request, context.cloudflare.env, link.data);
  if (!confirmed.ok) return refusedForm(confirmed.refusal, { half: false });
  switch (confirmed.is) {
    case 'half':
      return data({ half: true, problem: null });
    case 'recovery':
      return redirect('/reset', { headers: confirmed.headers });
    case 'team':
      return redirect('/agent/login', { headers: confirmed.headers });
    case 'confirmed':
      return redirect('/account?done=email', { headers: confirmed.headers });
    case 'elsewhere':
      return redirect('/login?done=confirmed', { headers: confirmed.headers });
    default:
      throw new Error(`unknown answer ${confirmed satisfies never}`);
  }
}

const ACTIONS: Record<MailLink['type'], { title: string; button: string }> = {
  signup: { title: 'Confirm your address', button: 'Confirm my address' },
  email: { title: 'Confirm your address', button: 'Confirm my address' },
  email_change: { title: 'Confirm your address', button: 'Confirm this address' },
  recovery: { title: 'A new password', button: 'Choose a new password' },
  magiclink: { title: 'Sign in', button: 'Sign in' },
  invite: { title: 'You are invited', button: 'Accept the invitation' },
};

export default function Confirm() {
  const { link, failed } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  if (answer?.half) {
    return (
      <AuthCard title="One more mailbox">
        <FormNote kind="done">This half is done.</FormNote>
        <p className="auth-card__lead">Now follow the link in the other mail, sent to your other address.</p>
      </AuthCard>
    );
  }
  if (answer?.problem) {
    return (
      <AuthCard title="That didn’t work">
        <FormNote kind="problem">{answer.problem}</FormNote>
        <p className="auth-card__other">
          <Link to="/login">Sign in</Link> or <Link to="/forgot">ask for a new link</Link>
        </p>
      </AuthCard>
    );
  }
  if (!link) return <Returned failed={failed} />;
  const { title, button } = ACTIONS[link.type];
  return (
    <AuthCard title={title} lead="One click, so that we know it is you and not your mail program.">
      <Form method="post" action="/auth/confirm" reloadDocument className="stack">
        <input type="hidden" name="token_hash" value={link.token_hash} />
        <input type="hidden" name="type" value={link.type} />
        <button type="submit" className="button">
          {button}
        </button>
      </Form>
    </AuthCard>
  );
}

/** From a link of Auth's own mails, which has been taken on the way here; what came of it stands behind the `#`. */
function Returned({ failed }: { failed: boolean }) {
  const [refused, setRefused] = useState(failed);
  useEffect(() => {
    const told = new URLSearchParams(location.hash.slice(1));
    if (told.has('error')) setRefused(true);
    // Tokens have no business in an address that people copy.
    history.replaceState(history.state, '', location.pathname);
  }, []);
  return refused ? (
    <AuthCard title="This link no longer works" lead="It has been used already, or is too old.">
      <Link className="button" to="/login">
        Sign in
      </Link>
    </AuthCard>
  ) : (
    <AuthCard title="Your address is confirmed" lead={texts.confirmed}>
      <Link className="button" to="/login">
        Sign in
      </Link>
    </AuthCard>
  );
}
