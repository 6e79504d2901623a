import { Form } from '@remix-run/react';
import { Field } from './auth-card.tsx';
import { texts } from './texts.ts';

interface EmailFormProps {
  email: string;
  /** An address that waits for its mail to be answered. */
  waiting: string | null;
  /** Kept from the last attempt. */
  typed: string | undefined;
}

export function EmailForm({ email, waiting, typed }: EmailFormProps) {
  return (
    <Form method="post" action="/account" reloadDocument className="stack">
      <input type="hidden" name="intent" value="email" />
      <p>
        Now: <strong>{email}</strong>
        {waiting && <> · waiting for {waiting} to be confirmed</>}
      </p>
      <Field
        scope="email"
        name="email"
        label="New address"
        type="email"
        autoComplete="email"
        maxLength={320}
        required
        defaultValue={typed}
      />
      <button type="submit" className="button button--quiet">
        Change the address
      </button>
    </Form>
  );
}

/** @param known whether the account has a password, which has to be shown then */
export function PasswordForm({ email, known }: { email: string; known: boolean }) {
  return (
    <Form method="post" action="/account" reloadDocument className="stack">
      <input type="hidden" name="intent" value="password" />
      {/* For password managers: whose password it is. */}
      <input type="email" value={email} autoComplete="username" readOnly hidden />
      {known && (
        <Field
          scope="password"
          name="current"
          label="Current password"
          type="password"
          autoComplete="current-password"
          required
        />
      )}
      <Field
        scope="password"
        name="password"
        label={texts.newPassword}
        type="password"
        autoComplete="new-password"
        minLength={8}
        hint="You are signed out on every other device with it."
        required
      />
      <button type="submit" className="button button--quiet">
        Change the password
      </button>
    </Form>
  );
}

export function SignOutForms() {
  return (
    <div className="stack">
      <Form method="post" action="/account" reloadDocument>
        <button type="submit" name="intent" value="sign-out" className="button button--quiet">
          Sign out
        </button>
      </Form>
      <Form method="post" action="/account" reloadDocument>
        <button type="submit" name="intent" value="sign-out-everywhere" className="button button--quiet">
          Sign out everywhere
        </button>
      </Form>
    </div>
  );
}
