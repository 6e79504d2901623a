import type { RefObject } from 'react';
import { useT } from '../../i18n/use-language.ts';

/** A guest who asked for an account has a mail to open; the chat goes on meanwhile. */
export function CheckYourMail({
  email,
  title,
  onBack,
  onOther,
}: {
  email: string;
  title: RefObject<HTMLHeadingElement>;
  onBack: () => void;
  onOther: () => void;
}) {
  const t = useT();
  return (
    <main className="people" data-centred="true">
      <span className="people-mark">
        <svg
          width="30"
          height="30"
          viewBox="0 0 24 24"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.7"
          strokeLinecap="round"
          strokeLinejoin="round"
          aria-hidden="true"
        >
          <rect x="3" y="5" width="18" height="14" rx="3" />
          <path d="m4 7.5 8 6 8-6" />
        </svg>
      </span>
      <h2 ref={title} tabIndex={-1}>
        {t('account.mail.title')}
      </h2>
      <p className="people-lead">{t('account.mail.text', { email })}</p>
      <button type="button" className="people-button" onClick={onBack}>
        {t('menu.toChat')}
      </button>
      <button type="button" className="wc-link people-other" onClick={onOther}>
        {t('account.mail.again')}
      </button>
    </main>
  );
}
