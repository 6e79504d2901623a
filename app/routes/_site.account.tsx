import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { z } from 'zod';
import {
  changeEmail,
  changePassword,
  hasPassword,
  profileSchema,
  requireAccount,
  saveProfile,
  signOut,
} from '../services/account.server.ts';
import { refusedForm } from '../services/account-form.server.ts';
import { readForm } from '../services/body.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';
import { nameOf } from '../services/visitor-session.server.ts';
import { FormNote } from '../site/account/auth-card.tsx';
import { ConversationList } from '../site/account/conversation-list.tsx';
import { ProfileForm } from '../site/account/profile-form.tsx';
import { EmailForm, PasswordForm, SignOutForms } from '../site/account/security-forms.tsx';
import { texts } from '../site/account/texts.ts';
import { PageHead } from '../site/page-head.tsx';

export { accountLinks as links, actionHeaders as headers } from '../site/account/links.ts';

export const meta: MetaFunction = () => [
  { title: 'Your account · WellChina' },
  { name: 'robots', content: 'noindex' },
];

const CONVERSATIONS = 50;
const DONE: Readonly<Record<string, string>> = {
  email: 'Your address is confirmed.',
  password: 'Your new password counts from now on.',
  profile: 'Saved.',
};

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { env } = context.cloudflare;
  const { user, claims, headers } = await requireAccount(request, env);
  const [stored, listed] = await Promise.all([
    env.STORE.ownProfile(claims),
    env.STORE.listConversations(claims, { scope: 'all', limit: CONVERSATIONS, reader: 'visitor' }),
  ]);
  headers.set('Cache-Control', 'private, no-store');
  const done = new URL(request.url).searchParams.get('done');
  return data(
    {
      email: user.email ?? '',
      newEmail: user.new_email ?? null,
      hasPassword: hasPassword({ user }),
      profile: stored.ok
        ? { ...(stored.profile ?? EMPTY), fullName: stored.profile?.fullName ?? nameOf(user) }
        : null,
      conversations: listed.ok ? listed.conversations : null,
      done: done !== null && Object.hasOwn(DONE, done) ? (DONE[done] ?? null) : null,
    },
    { headers },
  );
}

const EMPTY = { fullName: null, phone: null, age: null, nationality: null, locale: null };

const passwordSchema = z.object({
  current: z.string().max(1_000).default(''),
  password: z.string().min(1).max(1_000),
});

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const { env } = context.cloudflare;
  const account = await requireAccount(request, env);
  const { headers } = account;
  const form = Object.fromEntries(await readForm(request));
  const kept = (intent: string) => ({
    intent,
    fields: null as Record<string, true> | null,
    typed: intent === 'profile' || intent === 'email' ? form : null,
    done: null,
  });
  switch (form.intent) {
    case 'profile': {
      const profile = profileSchema.safeParse(form);
      if (!profile.success) {
        const fields = Object.fromEntries(
          profile.error.issues.map(({ path }) => [String(path[0]), true as const]),
        );
        return data(
          { ...kept('profile'), fields, problem: 'Please check what is marked.', refusal: 'invalid' },
          { status: 400, headers },
        );
      }
      if (await saveProfile(env, account, profile.data))
        return redirect('/account?done=profile', { headers });
      return refusedForm('away', kept('profile'), { headers });
    }
    case 'email': {
      const email = z.string().trim().max(320).pipe(z.email()).safeParse(form.email);
      if (!email.success) return refusedForm('invalid', kept('email'), { headers });
      const changed = await changeEmail(request, env, account, email.data);
      if (!changed.ok) return refusedForm(changed.refusal, kept('email'), { headers });
      const done = changed.waits
        ? 'We have sent mails to both addresses. The new one counts when both links have been followed.'
        : 'Your new address counts from now on.';
      return data({ ...kept('email'), typed: null, done, problem: null, refusal: null }, { headers });
    }
    case 'password': {
      const asked = passwordSchema.safeParse(form);
      if (!asked.success) return refusedForm('incomplete', kept('password'), { headers });
      const { current, password: next } = asked.data;
      const changed = await changePassword(request, env, account, { current, next });
      if (changed.ok) return redirect('/account?done=password', { headers });
      return refusedForm(changed.refusal, kept('password'), { words: changed.words, headers });
    }
    case 'sign-out':
      return redirect('/', { headers: await signOut(env, account, 'local') });
    case 'sign-out-everywhere':
      return redirect('/login', { headers: await signOut(env, account, 'global') });
    default:
      return refusedForm('incomplete', kept(''), { headers });
  }
}

export default function AccountPage() {
  const {
    email,
    newEmail,
    hasPassword: known,
    profile,
    conversations,
    done,
  } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const noteOf = (intent: string) => {
    if (answer?.intent !== intent) return null;
    if (answer.problem) {
      const wrongCurrent = intent === 'password' && answer.refusal === 'wrong_credentials';
      return (
        <FormNote kind="problem">
          {wrongCurrent ? 'That isn’t your current password.' : answer.problem}
        </FormNote>
      );
    }
    return answer.done ? <FormNote kind="done">{answer.done}</FormNote> : null;
  };
  /** What was typed into a form that was refused: it stays. */
  const typed = (intent: string): Record<string, string> => (answer?.intent === intent && answer.typed) || {};
  return (
    <>
      <PageHead title={texts.account} lead={`You are signed in as ${email}.`}>
        {done && !answer && <FormNote kind="done">{done}</FormNote>}
      </PageHead>
      <section aria-labelledby="conversations">
        <h2 id="conversations">Your conversations</h2>
        <ConversationList conversations={conversations} />
      </section>
      <div className="account-grid">
        <section className="panel-card" aria-labelledby="profile">
          <h2 id="profile">About you</h2>
          <p className="panel-card__lead">
            It helps our care team to help you. You alone and they can see it.
          </p>
          {noteOf('profile')}
          {profile ? (
            <ProfileForm
              profile={{ ...profile, ...typed('profile') }}
              refused={(answer?.intent === 'profile' && answer.fields) || {}}
            />
          ) : (
            <FormNote kind="problem">Your details can’t be loaded right now.</FormNote>
          )}
        </section>
        <div className="account-grid__side">
          <section className="panel-card" aria-labelledby="address">
            <h2 id="address">Email address</h2>
            {noteOf('email')}
            <EmailForm email={email} waiting={newEmail} typed={typed('email').email} />
          </section>
          <section className="panel-card" aria-labelledby="password">
            <h2 id="password">Password</h2>
            {noteOf('password')}
            <PasswordForm email={email} known={known} />
          </section>
          <section className="panel-card" aria-labelledby="sessions">
            <h2 id="sessions">Signing out</h2>
            <SignOutForms />
          </section>
        </div>
      </div>
    </>
  );
}
