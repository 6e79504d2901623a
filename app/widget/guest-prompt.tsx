import { useLayoutEffect, useRef } from 'react';
import { useT } from '../i18n/use-language.ts';

/** The quiet strip above a guest's chat. */
export function GuestPrompt({
  prompt,
  onSignUp,
  onDismiss,
}: {
  prompt: 'first' | 'third';
  onSignUp: () => void;
  onDismiss: () => void;
}) {
  const t = useT();
  return (
    <section className="panel-prompt" data-prompt={prompt}>
      <p role="status">{t(`guest.${prompt}`)}</p>
      <div>
        <button type="button" className="wc-link" onClick={onSignUp}>
          {t('guest.signUp')}
        </button>
        <button type="button" className="wc-link" data-quiet="true" onClick={onDismiss}>
          {t('guest.dismiss')}
        </button>
      </div>
    </section>
  );
}

/** One line before a guest's panel closes, once a session. The bubble on the page, Escape and its button all close. */
export function ClosingSheet({ onClose, onSignUp }: { onClose: () => void; onSignUp: () => void }) {
  const t = useT();
  const close = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => close.current?.focus(), []);
  return (
    <section className="panel-sheet" role="alertdialog" aria-labelledby="closing-text">
      <p id="closing-text">{t('guest.closing')}</p>
      <div>
        <button ref={close} type="button" className="panel-button" data-quiet="true" onClick={onClose}>
          {t('guest.closeAnyway')}
        </button>
        <button type="button" className="panel-button" onClick={onSignUp}>
          {t('guest.signUp')}
        </button>
      </div>
    </section>
  );
}
