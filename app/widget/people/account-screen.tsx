import { type FormEvent, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useT } from '../../i18n/use-language.ts';
import type { Chat } from '../chat.ts';
import { createAccountApi } from './account-api.ts';
import { check, errorText, PASSWORD_MIN, placeOf } from './account-error.ts';
import { createAccountFlow, type Mode, type Outcome } from './account-flow.ts';
import { CheckYourMail } from './check-your-mail.tsx';
import { Field } from './field.tsx';
import { GoogleButton } from './google-button.tsx';

export interface AccountScreenProps {
  chat: Chat;
  mode: Mode;
  onMode: (mode: Mode) => void;
  /** Kept by the panel, so that going back to the chat and coming here again loses nothing. */
  email: string;
  onEmail: (email: string) => void;
  /** The guest has said something that can be brought along. */
  hasMessages: boolean;
  /** Address that a mail was sent to and whose link hasn't been opened. */
  confirming: string | null;
  onBack: () => void;
  onDone: (brought: number) => void;
}

type Trouble = Extract<Outcome, { is: 'failed' }>;

/** “Save your chat” and “Sign in”: one form, two ways in, with what went wrong at the field it is about. */
export function AccountScreen(props: AccountScreenProps) {
  const { chat, mode, onMode, email, onEmail, hasMessages, confirming, onBack, onDone } = props;
  const t = useT();
  const flow = useMemo(
    () =>
      createAccountFlow(
        chat,
        createAccountApi((...call) => fetch(...call)),
      ),
    [chat],
  );
  const [password, setPassword] = useState('');
  const [bring, setBring] = useState(true);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const isNew = mode === 'save';
  const mailSent = isNew && confirming !== null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another screen is read from its top
  useLayoutEffect(() => title.current?.focus(), [mode, mailSent]);

  function settle(outcome: Outcome): void {
    setBusy(false);
    if (outcome.is === 'done') {
      chat.adopt(outcome.session, outcome.brought);
      onDone(outcome.brought);
      return;
    }
    if (outcome.is === 'confirm') {
      setPassword('');
      chat.setConfirming(outcome.email);
      return;
    }
    setTrouble(outcome);
    if (outcome.code === 'email_taken' || outcome.code === 'identity_taken') {
      setPassword('');
      onMode('sign-in');
      return;
    }
    focusOn(placeOf(outcome.code), emailField, passwordField);
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (busy) return;
    const wrong = check(email.trim(), password, isNew);
    if (wrong) {
      settle({ is: 'failed', code: wrong, detail: String(PASSWORD_MIN) });
      return;
    }
    setTrouble(null);
    setBusy(true);
    settle(await flow.withPassword(mode, email.trim(), password, bring && hasMessages));
  }

  if (mailSent)
    return (
      <CheckYourMail
        email={confirming}
        title={title}
        onBack={onBack}
        onOther={() => chat.setConfirming(null)}
      />
    );

  const at = trouble && placeOf(trouble.code);
  const message = trouble ? errorText(t, trouble.code, trouble.detail) : '';
  return (
    <main className="people">
      <h2 ref={title} tabIndex={-1}>
        {t(isNew ? 'account.save.title' : 'account.signIn.title')}
      </h2>
      <p className="people-lead">{t(isNew ? 'account.save.text' : 'account.signIn.text')}</p>
      <p className="people-error" role="alert" hidden={at !== 'form'}>
        {at === 'form' && message}
      </p>
      {!isNew && hasMessages && (
        <label className="people-check">
          <input
            type="checkbox"
            checked={bring}
            onChange={(event) => setBring(event.currentTarget.checked)}
          />
          <span>{t('account.bring')}</span>
        </label>
      )}
      <GoogleButton
        flow={flow}
        mode={mode}
        bring={bring && hasMessages}
        disabled={busy}
        onStart={() => setTrouble(null)}
        onOutcome={settle}
      />
      <p className="people-or">
        <span>{t('account.or')}</span>
      </p>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Field
          input={emailField}
          label={t('account.email')}
          type="email"
          autoComplete="email"
          value={email}
          onChange={onEmail}
          error={at === 'email' ? message : null}
        />
        <Field
          input={passwordField}
          label={t(isNew ? 'account.password.new' : 'account.password')}
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          value={password}
          onChange={setPassword}
          hint={isNew ? t('account.password.rule', { count: PASSWORD_MIN }) : null}
          error={at === 'password' ? message : null}
        />
        <button type="submit" className="people-button" data-wide="true" aria-disabled={busy}>
          {busy ? t('account.working') : t(isNew ? 'account.save.submit' : 'account.signIn.submit')}
        </button>
      </form>
      <button
        type="button"
        className="wc-link people-other"
        onClick={() => {
          setTrouble(null);
          onMode(isNew ? 'sign-in' : 'save');
        }}
      >
        {t(isNew ? 'account.toSignIn' : 'account.toSave')}
      </button>
    </main>
  );
}

function focusOn(
  place: 'email' | 'password' | 'form',
  email: RefObject<HTMLInputElement>,
  password: RefObject<HTMLInputElement>,
): void {
  if (place === 'email') email.current?.focus();
  if (place === 'password') password.current?.focus();
}
