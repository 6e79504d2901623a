import { type KeyboardEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { MessageListSkeleton } from '../components/message-list-skeleton.tsx';
import { useT } from '../i18n/use-language.ts';
import { EMPTY_CONVERSATION } from '../realtime/empty.ts';
import { useConversation } from '../realtime/use-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatScreen } from './chat-screen.tsx';
import { isRegistered } from './chat-state.ts';
import { ClosingSheet, GuestPrompt } from './guest-prompt.tsx';
import { PanelHeader } from './panel-header.tsx';
import { PanelMenu } from './panel-menu.tsx';
import type { PanelView } from './panel-view.ts';
import { ProblemNote } from './problem-note.tsx';
import type { Prompts } from './prompts.ts';
import { useGuestPrompts } from './use-guest-prompts.ts';
import { usePeople } from './use-people.ts';
import { useSaid } from './use-said.ts';

export interface PanelAppProps {
  chat: Chat;
  view: PanelView;
  prompts: Prompts;
  /** Loads the texts of the account's screens. */
  peopleTexts: () => Promise<void>;
}

/** The whole panel: what the visitor sees in the frame. */
export function PanelApp({ chat, view, prompts, peopleTexts }: PanelAppProps) {
  const t = useT();
  const state = useSyncExternalStore(chat.subscribe, chat.getSnapshot);
  const { open, focused, framed, closing } = useSyncExternalStore(view.subscribe, view.getSnapshot);
  const room = useConversation(state.client);
  const root = useRef<HTMLDivElement>(null);
  const [screen, setScreen] = useState<'chat' | 'save' | 'sign-in'>('chat');
  const [email, setEmail] = useState('');

  const { starting, phase, person, veiled } = state;
  // What is on its way into a new conversation stands where it will stand.
  const snapshot = useMemo(
    () => (starting.length ? { ...room, pending: [...starting, ...room.pending] } : room),
    [room, starting],
  );
  const registered = isRegistered(state);
  const listed = phase === 'list' && screen === 'chat';
  const { people, failed, retry } = usePeople(screen !== 'chat' || phase === 'list', peopleTexts);
  const said = useSaid(person, open);

  const written =
    snapshot.messages.filter(({ senderRole }) => senderRole === 'visitor').length + snapshot.pending.length;
  const guest = useGuestPrompts({ state, view, prompts, written, inChat: screen === 'chat' });

  // Whoever has an account now, or is somebody else, has no use for the form any more.
  const who = person && `${person.id} ${person.isAnonymous}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever it is somebody else
  useEffect(() => {
    if (registered) setScreen('chat');
  }, [who, registered]);

  useEffect(() => {
    if (open && focused && screen === 'chat' && !listed) focusIn(root.current);
  }, [open, focused, screen, listed]);
  // What had the focus may be gone with what it did. Outside the panel Escape would not close it.
  useEffect(() => {
    if (open && document.hasFocus() && document.activeElement === document.body) root.current?.focus();
  });

  const close = framed ? guest.close : undefined;
  const back = screen !== 'chat' ? () => setScreen('chat') : registered && !listed ? toList(chat) : undefined;
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
    if (screen !== 'chat' && !closing) setScreen('chat');
    else close?.();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape puts the panel away from wherever the focus is in it
    <div ref={root} className="panel" tabIndex={-1} onKeyDown={onKeyDown}>
      <PanelHeader
        snapshot={veiled || listed ? EMPTY_CONVERSATION : snapshot}
        back={back && { label: t(registered ? 'menu.back' : 'menu.toChat'), run: back }}
        onMinimise={close}
        menu={
          <PanelMenu
            person={person}
            onSave={() => setScreen('save')}
            onSignIn={() => setScreen('sign-in')}
            onSignOut={() => {
              setScreen('chat');
              void chat.signOut();
            }}
          />
        }
      />
      {guest.prompt && !veiled && screen === 'chat' && (
        <GuestPrompt
          prompt={guest.prompt}
          onSignUp={() => setScreen('save')}
          onDismiss={() => {
            guest.dismiss();
            focusIn(root.current);
          }}
        />
      )}
      <div className="panel-said" role="status">
        {said.text && <p className="panel-note">{t(`guest.${said.text}`)}</p>}
      </div>
      {veiled ? (
        <>
          <main className="panel-main">
            <MessageListSkeleton />
          </main>
          {state.problem && <ProblemNote problem={state.problem} onRetry={chat.retry} />}
        </>
      ) : screen === 'chat' && !listed ? (
        <ChatScreen chat={chat} state={state} snapshot={snapshot} visible={open} root={root} />
      ) : !people ? (
        <main className="panel-main" aria-busy={!failed}>
          {failed ? (
            <div className="panel-note">
              <p role="alert">{t('menu.failed')}</p>
              <button type="button" className="wc-link" onClick={retry}>
                {t('connection.retry')}
              </button>
            </div>
          ) : (
            <MessageListSkeleton />
          )}
        </main>
      ) : screen === 'chat' ? (
        <>
          <people.HistoryList
            state={state}
            focus={open && focused}
            onOpen={chat.openConversation}
            onNew={chat.startNew}
            onMore={chat.loadMore}
          />
          {state.problem && <ProblemNote problem={state.problem} onRetry={chat.retry} />}
        </>
      ) : (
        <people.AccountScreen
          chat={chat}
          mode={screen}
          onMode={setScreen}
          email={email}
          onEmail={setEmail}
          hasMessages={written > 0}
          confirming={state.confirming}
          onBack={() => setScreen('chat')}
          onDone={said.signedIn}
        />
      )}
      {closing && (
        <ClosingSheet
          onClose={view.minimise}
          onSignUp={() => {
            view.set({ closing: false });
            setScreen('save');
          }}
        />
      )}
    </div>
  );
}

const toList = (chat: Chat) => () => chat.showList();

/** One goes on by writing. Not on a touch screen: the keyboard would cover half of what one came to read. */
function focusIn(panel: HTMLElement | null): void {
  const fine = matchMedia('(pointer: fine)').matches;
  ((fine && panel?.querySelector('textarea')) || panel)?.focus();
}
