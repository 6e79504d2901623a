import { type KeyboardEvent, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { Composer } from '../components/composer.tsx';
import { ConnectionBanner } from '../components/connection-banner.tsx';
import { MessageList } from '../components/message-list.tsx';
import { TypingIndicator } from '../components/typing-indicator.tsx';
import { useT } from '../i18n/use-language.ts';
import { useConversation } from '../realtime/use-conversation.ts';
import type { Chat } from './chat.ts';
import { Greeting } from './greeting.tsx';
import { PanelHeader } from './panel-header.tsx';
import type { PanelView } from './panel-view.ts';
import { ProblemNote } from './problem-note.tsx';

/** The whole panel: what the visitor sees in the frame. */
export function PanelApp({ chat, view }: { chat: Chat; view: PanelView }) {
  const t = useT();
  const state = useSyncExternalStore(chat.subscribe, chat.getSnapshot);
  const { open, focused, framed } = useSyncExternalStore(view.subscribe, view.getSnapshot);
  const room = useConversation(state.client);
  const root = useRef<HTMLDivElement>(null);

  const { starting, client, phase } = state;
  // What is on its way into a new conversation stands where it will stand.
  const snapshot = useMemo(
    () => (starting.length ? { ...room, pending: [...starting, ...room.pending] } : room),
    [room, starting],
  );
  const gone =
    room.connection === 'signed_out' || room.connection === 'forbidden' || room.connection === 'not_found';
  const closed = phase === 'room' && (room.conversation?.status === 'closed' || gone);
  const fresh = phase === 'fresh' && !starting.length;

  useEffect(() => {
    // Not on a touch screen: the keyboard would cover half of what one came to read.
    if (!open || !focused) return;
    if (matchMedia('(pointer: fine)').matches) root.current?.querySelector('textarea')?.focus();
    else root.current?.focus();
  }, [open, focused]);

  const minimise = framed ? view.minimise : undefined;
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.nativeEvent.isComposing) minimise?.();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape puts the panel away from wherever the focus is in it
    <div ref={root} className="panel" tabIndex={-1} onKeyDown={onKeyDown}>
      <PanelHeader snapshot={snapshot} onMinimise={minimise} />
      {!gone && (
        <ConnectionBanner
          connection={room.connection}
          onRetry={() => {
            client?.reconnect();
          }}
        />
      )}
      <main className="panel-main">
        {fresh ? (
          <Greeting />
        ) : (
          <MessageList
            snapshot={snapshot}
            viewer="visitor"
            actions={client ?? NOT_YET}
            visible={open}
            onDiscarded={(text) => chat.setDraft([state.draft, text].filter(Boolean).join('\n'))}
          />
        )}
      </main>
      <TypingIndicator who={snapshot.typing} />
      {state.problem && <ProblemNote problem={state.problem} onRetry={chat.retry} />}
      {!state.problem && room.notice && !closed && NOTICES.has(room.notice.code) && (
        <div className="panel-note" role="status">
          {t(room.notice.code === 'rate_limited' ? 'notice.rate_limited' : 'notice.unavailable')}
        </div>
      )}
      {closed && (
        <div className="panel-note">
          <p role="status">
            {t(gone ? 'widget.signedOut' : state.kept ? 'widget.closedKept' : 'widget.closedOffer')}
          </p>
          <button
            type="button"
            className="panel-button"
            onClick={() => {
              chat.startNew();
              root.current?.querySelector('textarea')?.focus();
            }}
          >
            {t('widget.startNew')}
          </button>
        </div>
      )}
      <Composer
        value={state.draft}
        onChange={chat.setDraft}
        onSend={chat.send}
        onTyping={(on) => client?.typing(on)}
        {...(closed ? { placeholder: t('widget.startNewHint') } : {})}
      />
    </div>
  );
}

/** Refusals that pass by themselves; the others stand at their message. */
const NOTICES: ReadonlySet<string> = new Set(['rate_limited', 'unavailable']);

/** What the list can do before there is a room to do it with. */
const NOT_YET = { retry() {}, discard: () => null, read() {}, loadOlder() {} };
