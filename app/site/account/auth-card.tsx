import { Form } from '@remix-run/react';
import { type InputHTMLAttributes, type ReactNode, useEffect, useRef } from 'react';
import { texts } from './texts.ts';

/** One thing to do about who one is, in the middle of the page. */
export function AuthCard({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section className="auth-card" aria-labelledby="auth-title">
      <h1 id="auth-title">{title}</h1>
      {lead && <p className="auth-card__lead">{lead}</p>}
      {children}
    </section>
  );
}

/** What went wrong, or what has been done. It comes with a page of its own, where the keyboard begins with it. */
export function FormNote({ kind, children }: { kind: 'problem' | 'done'; children: ReactNode }) {
  const note = useRef<HTMLParagraphElement>(null);
  useEffect(() => note.current?.focus(), []);
  return (
    <p
      ref={note}
      tabIndex={-1}
      className={`form-note form-note--${kind}`}
      role={kind === 'problem' ? 'alert' : 'status'}
    >
      {children}
    </p>
  );
}

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  name: string;
  label: string;
  hint?: string | undefined;
  /** Why its content was refused. */
  problem?: string | undefined;
  /** Tells fields of one name apart. */
  scope?: string;
}

/** A labelled input with its hint and its problem. */
export function Field({ name, label, hint, problem, scope = 'field', ...input }: FieldProps) {
  const id = `${scope}-${name}`;
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        name={name}
        aria-describedby={described || undefined}
        aria-invalid={problem ? true : undefined}
      />
      {hint && (
        <p className="field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p className="field__problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

/** Whether this browser's conversation comes along: a person's own choice, since others may have sat here. */
export function BringChoice() {
  return (
    <label className="choice">
      <input type="checkbox" name="bring" value="yes" defaultChecked />
      <span>{texts.bring}</span>
    </label>
  );
}

/** The way through Google; a form of its own, so that nothing that was typed goes along. */
export function GoogleForm({ next, bring }: { next: string; bring: boolean }) {
  return (
    <Form
      method="post"
      action={`/login?next=${encodeURIComponent(next)}`}
      reloadDocument
      className="google-form"
    >
      <input type="hidden" name="intent" value="google" />
      {bring && <input type="hidden" name="bring" value="yes" />}
      <button type="submit" className="button button--quiet google-form__button">
        <svg viewBox="0 0 18 18" aria-hidden="true">
          <path
            fill="#4285f4"
            d="M17.64 9.2c0-.64-.06-1.25-.16-1.84H9v3.48h4.84a4.14 4.14 0 0 1-1.8 2.72v2.26h2.92c1.7-1.57 2.68-3.88 2.68-6.62z"
          />
          <path
            fill="#34a853"
            d="M9 18c2.43 0 4.47-.8 5.96-2.18l-2.92-2.26c-.8.54-1.84.86-3.04.86-2.34 0-4.32-1.58-5.03-3.71H.96v2.33A9 9 0 0 0 9 18z"
          />
          <path fill="#fbbc05" d="M3.97 10.71a5.4 5.4 0 0 1 0-3.42V4.96H.96a9 9 0 0 0 0 8.08l3.01-2.33z" />
          <path
            fill="#ea4335"
            d="M9 3.58c1.32 0 2.5.45 3.44 1.35l2.58-2.59A9 9 0 0 0 .96 4.96l3.01 2.33C4.68 5.16 6.66 3.58 9 3.58z"
          />
        </svg>
        {texts.google}
      </button>
      <p className="google-form__or">
        <span>{texts.or}</span>
      </p>
    </Form>
  );
}
