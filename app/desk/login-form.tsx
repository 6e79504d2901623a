import { Form, useNavigation } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { BrandMark } from '../site/brand.tsx';

interface LoginFormProps {
  /** Kept from the last attempt. */
  email: string;
  /** Why the last attempt failed. */
  problem: string | null;
}

/** The agents' way in. Works without JavaScript too. */
export function LoginForm({ email, problem }: LoginFormProps) {
  const navigation = useNavigation();
  const busy = navigation.state !== 'idle' && navigation.formMethod === 'POST';
  const password = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!problem || busy) return;
    password.current?.focus();
    password.current?.select();
  }, [problem, busy]);
  return (
    <main className="login">
      <Form method="post" className="login__card" aria-describedby={problem ? 'login-problem' : undefined}>
        <BrandMark className="login__mark" />
        <h1>Sign in to the desk</h1>
        <p className="login__lead">For WellChina’s support agents.</p>
        {problem && (
          <p id="login-problem" className="login__problem" role="alert">
            {problem}
          </p>
        )}
        <label htmlFor="email">Email</label>
        <input
          id="email"
          name="email"
          type="email"
          autoComplete="username"
          inputMode="email"
          required
          defaultValue={email}
        />
        <label htmlFor="password">Password</label>
        <input
          id="password"
          ref={password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <button type="submit" className="button" disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
        <a className="login__back" href="/">
          Back to the website
        </a>
      </Form>
    </main>
  );
}
