import { Form, useNavigation } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import { BrandMark } from '../site/brand.tsx';

interface InvitationFormProps {
  /** From the link; empty where the link brought a session in its fragment instead. */
  tokenHash: string;
  type: string;
  answer: {
    over: boolean;
    problems: { name?: string; password?: string; form?: string };
    name: string;
  } | null;
}

/** What the mail's link brought in its fragment, which only the browser sees. */
interface Fragment {
  accessToken: string;
  refreshToken: string;
}

/** Where an invited person chooses their name and password. Works without JavaScript for links with a hash. */
export function InvitationForm({ tokenHash, type, answer }: InvitationFormProps) {
  const navigation = useNavigation();
  const busy = navigation.state !== 'idle' && navigation.formMethod === 'POST';
  const [fragment, failed] = useFragment();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (answer && !busy) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [answer, busy]);

  const { problems = {} } = answer ?? {};
  if (answer?.over || failed) return <Over />;
  const hasProof = tokenHash !== '' || fragment !== null || answer !== null;
  return (
    <main className="login">
      <Form method="post" ref={form} className="login__card" noValidate>
        <BrandMark className="login__mark" />
        <h1>Welcome to the team</h1>
        <p className="login__lead">Choose the name that visitors will see, and a password for the desk.</p>
        {problems.form && (
          <p className="login__problem" role="alert">
            {problems.form}
          </p>
        )}
        {tokenHash !== '' && (
          <>
            <input type="hidden" name="token_hash" value={tokenHash} />
            <input type="hidden" name="type" value={type} />
          </>
        )}
        {fragment && (
          <>
            <input type="hidden" name="access_token" value={fragment.accessToken} />
            <input type="hidden" name="refresh_token" value={fragment.refreshToken} />
          </>
        )}
        <label htmlFor="name">Your name</label>
        <input
          id="name"
          name="name"
          autoComplete="name"
          maxLength={80}
          required
          defaultValue={answer?.name ?? ''}
          aria-invalid={problems.name !== undefined}
          {...(problems.name ? { 'aria-describedby': 'name-problem' } : {})}
        />
        {problems.name && (
          <p id="name-problem" className="login__field-problem" role="alert">
            {problems.name}
          </p>
        )}
        <label htmlFor="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          aria-invalid={problems.password !== undefined}
          aria-describedby={problems.password ? 'password-problem' : 'password-help'}
        />
        {problems.password ? (
          <p id="password-problem" className="login__field-problem" role="alert">
            {problems.password}
          </p>
        ) : (
          <p id="password-help" className="login__help">
            At least 8 characters.
          </p>
        )}
        <button type="submit" className="button" disabled={busy || !hasProof}>
          {busy ? 'Joining…' : 'Join the team'}
        </button>
        {!hasProof && <p className="login__help">Open this page with the link in your invitation mail.</p>}
      </Form>
    </main>
  );
}

function Over() {
  return (
    <main className="login">
      <div className="login__card">
        <BrandMark className="login__mark" />
        <h1>This invitation is no longer open</h1>
        <p className="login__lead">
          Its link works once, and only for a while. If you have not joined yet, ask your administrator to
          send it again.
        </p>
        <a className="button" href="/agent/login">
          Go to sign-in
        </a>
      </div>
    </main>
  );
}

/** Takes the session out of the address, so that it neither stays in the history nor is copied along. */
function useFragment(): [Fragment | null, boolean] {
  const [fragment, setFragment] = useState<Fragment | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const brought = new URLSearchParams(location.hash.slice(1));
    const [accessToken, refreshToken] = [brought.get('access_token'), brought.get('refresh_token')];
    if (accessToken && refreshToken) setFragment({ accessToken, refreshToken });
    if (brought.has('error')) setFailed(true);
    if (location.hash !== '') history.replaceState(history.state, '', location.pathname + location.search);
  }, []);
  return [fragment, failed];
}
