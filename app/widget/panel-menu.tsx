import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { MoreIcon } from '../components/icons.tsx';
import { useT } from '../i18n/use-language.ts';
import type { Person } from './session.ts';

export interface PanelMenuProps {
  person: Person | null;
  onSave: () => void;
  onSignIn: () => void;
  onSignOut: () => void;
}

/** What a visitor can do about who they are. A host page's own people have nothing to do here. */
export function PanelMenu({ person, onSave, onSignIn, onSignOut }: PanelMenuProps) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  // Before the next key: a second Enter would otherwise close the menu that the first has opened, and a quick Tab out of
  // it would leave it open behind.
  useLayoutEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('.panel-menu button')?.focus();
    const away = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', away);
    // So does the Tab that leaves it.
    document.addEventListener('keyup', away);
    // A click on the host page ends it, too.
    const gone = () => setOpen(false);
    window.addEventListener('blur', gone);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('keyup', away);
      window.removeEventListener('blur', gone);
    };
  }, [open]);

  if (person?.ofHost) return null;
  const guest = !person || person.isAnonymous;

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  }
  const choose = (run: () => void) => () => {
    setOpen(false);
    run();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the menu from wherever the focus is in it
    <div ref={root} className="panel-menu-holder" onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        className="panel-icon-button"
        aria-label={t('menu.label')}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <MoreIcon size={22} />
      </button>
      {open && (
        <div className="panel-menu">
          {!guest && person.name && <p dir="auto">{t('menu.signedInAs', { name: person.name })}</p>}
          {guest ? (
            <>
              <button type="button" onClick={choose(onSave)}>
                {t('menu.save')}
              </button>
              <button type="button" onClick={choose(onSignIn)}>
                {t('menu.signIn')}
              </button>
            </>
          ) : (
            <button type="button" onClick={choose(onSignOut)}>
              {t('menu.signOut')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
