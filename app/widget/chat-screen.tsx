import type { RefObject } from 'react';
import { Composer } from '../components/composer.tsx';
import { ConnectionBanner } from '../components/connection-banner.tsx';
import { MessageList } from '../components/message-list.tsx';
import { TypingIndicator } from '../components/typing-indicator.tsx';
import { useT } from '../i18n/use-language.ts';
import type { ConversationSnapshot } from '../realtime/types.ts';
import type { Chat } from './chat.ts';
import type { ChatState } from './chat-state.ts';
import { Greeting } from './greeting.tsx';
import { ProblemNote } from './problem-note.tsx';

/** A conversation, or the greeting before there is one, with the composer below. */
export function ChatScreen({
  chat,
  state,
  snapshot,
  visible,
  root,
}: {
  chat: Chat;
  state: ChatState;
  snapshot: ConversationSnapshot;
  visible: boolean;
  root: RefObject<HTMLElement>;
}) {
  const t = useT();
  const { client, phase } = state;
  const { connection, notice } = snapshot;
  const gone = connection === 'signed_out' || connection === 'forbidden' || connection === 'not_found';
  const closed = phase === 'room' && (snapshot.conversation?.status === 'closed' || gone);
  const fresh = phase === 'fresh' && !state.starting.length;
  return (
    <main className="panel-main">
      {!gone && <ConnectionBanner connection={connection} onRetry={() => client?.reconnect()} />}
      {fresh ? (
        <Greeting />
      ) : (
        <MessageList
          snapshot={snapshot}
          viewer="visitor"
          actions={client ?? NOT_YET}
          visible={visible}
          onDiscarded={(text) => chat.setDraft([state.draft, text].filter(Boolean).join('\n'))}
        />
      )}
      <TypingIndicator who={snapshot.typing} />
      {state.problem && <ProblemNote problem={state.problem} onRetry={chat.retry} />}
      {/* It stays in the page, or what it says would not be read out. */}
      <div role="status">
        {!state.problem && notice && !closed && NOTICES.has(notice.code) && (
          <p className="panel-note">
            {t(notice.code === 'rate_limited' ? 'notice.rate_limited' : 'notice.unavailable')}
          </p>
        )}
      </div>
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
    </main>
  );
}

/** Refusals that pass by themselves; the others stand at their message. */
const NOTICES: ReadonlySet<string> = new Set(['rate_limited', 'unavailable']);

/** What the list can do before there is a room to do it with. */
const NOT_YET = { retry() {}, discard: () => null, read() {}, loadOlder() {} };
