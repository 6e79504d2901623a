import { type RefObject, useId, useState } from 'react';
import { useT } from '../../i18n/use-language.ts';

export interface FieldProps {
  input: RefObject<HTMLInputElement>;
  label: string;
  type: 'email' | 'password';
  autoComplete: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string | null;
  error: string | null;
}

/** One field with its label, its rule, and what is wrong with it; a password can be looked at. */
export function Field({ input, label, type, autoComplete, value, onChange, hint, error }: FieldProps) {
  const t = useT();
  const id = useId();
  const [shown, setShown] = useState(false);
  const about = error ?? hint;
  return (
    <div className="people-field" data-wrong={error !== null}>
      <label htmlFor={id}>{label}</label>
      <div className="people-input">
        <input
          ref={input}
          id={id}
          type={type === 'password' && shown ? 'text' : type}
          dir="ltr"
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={type === 'email' ? 320 : 72}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={about ? `${id}-about` : undefined}
        />
        {type === 'password' && (
          <button
            type="button"
            aria-label={t('account.password.show')}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            <svg
              width="20"
              height="20"
              viewBox="0 0 24 24"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.8"
              strokeLinecap="round"
              aria-hidden="true"
            >
              <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
              <circle cx="12" cy="12" r="3" />
              {shown && <path d="m4 4 16 16" />}
            </svg>
          </button>
        )}
      </div>
      <p id={`${id}-about`} role={error ? 'alert' : undefined}>
        {about}
      </p>
    </div>
  );
}
