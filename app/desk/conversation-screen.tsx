import { Link, useNavigate } from '@remix-run/react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Composer } from '../components/composer.tsx';
import { ConnectionBanner } from '../components/connection-banner.tsx';
import { MessageList } from '../components/message-list.tsx';
import { TypingIndicator } from '../components/typing-indicator.tsx';
import { useDraft } from '../components/use-draft.ts';
import { outboxScope } from '../realtime/outbox-scope.ts';
import { unreadFor } from '../realtime/unread.ts';
import { socketUrl } from '../realtime/url.ts';
import { useConversation, useConversationClient } from '../realtime/use-conversation.ts';
import { accessTo } from './access.ts';
import { ConversationHeader } from './conversation-header.tsx';
import { useDesk } from './desk-context.ts';
import { EmptyPane } from './empty-pane.tsx';
import { visitorName } from './names.ts';
import { refreshSession } from './session-refresh.ts';
import { useCommand } from './use-command.ts';
import { useFocusKept } from './use-focus-kept.ts';
import { useFocused } from './use-focused.ts';
import { VisitorPanel } from './visitor-panel.tsx';

/**
 * One conversation, live. Give it the id as `key`: each conversation has a socket, a draft and a scroll position of
 * its own, and nothing of one may ever show in another.
 */
export function ConversationScreen({ id }: { id: string }) {
  const { agent, queue, now, onUnread } = useDesk();
  const navigate = useNavigate();
  const client = useConversationClient({
    conversationId: id,
    url: socketUrl(`/rooms/${id}`),
    personId: agent.id,
    credentials: async (reason) => (reason === 'connect' || (await refreshSession()) ? {} : null),
  });
  const snapshot = useConversation(client);
  const commands = useCommand(id);
  const [draft, setDraft] = useDraft(outboxScope(agent.id, id));
  const focused = useFocused();
  const [detailsOpen, setDetailsOpen] = useState(false);
  const screen = useRef<HTMLDivElement>(null);

  // What the list knows bridges the moment until the room has answered, so that switching shows no empty frame.
  const conversation = snapshot.conversation ?? queue.conversations.find((other) => other.id === id) ?? null;
  const access = conversation && accessTo(conversation, agent);

  const unread = snapshot.conversation ? unreadFor(snapshot, 'agent') : undefined;
  useEffect(() => {
    if (unread !== undefined) onUnread({ id, count: unread });
    return () => onUnread(null);
  }, [id, unread, onUnread]);

  const canWrite = access?.write ?? false;
  const couldWrite = useRef(canWrite);
  useEffect(() => {
    // Having accepted or taken over, one goes on by writing.
    if (canWrite && !couldWrite.current) screen.current?.querySelector('textarea')?.focus();
    couldWrite.current = canWrite;
  }, [canWrite]);

  useFocusKept(screen, conversation ? `${conversation.status} ${canWrite}` : 'none');

  if (snapshot.connection === 'not_found') {
    return (
      <EmptyPane title="This conversation no longer exists">
        <Link to="/agent">Back to the queue</Link>
      </EmptyPane>
    );
  }
  if (snapshot.connection === 'forbidden') {
    return (
      <EmptyPane title="You can’t open this conversation">
        <Link to="/agent">Back to the queue</Link>
      </EmptyPane>
    );
  }
  if (!conversation || !access) return <EmptyPane title="Opening the conversation…" busy />;

  const visitorOnline = snapshot.conversation ? snapshot.presence.visitor : conversation.visitor.online;
  const closeDetailsOnEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !detailsOpen) return;
    event.preventDefault();
    setDetailsOpen(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc closes the panel from wherever the focus is in here
    <div className="conversation" ref={screen} onKeyDown={closeDetailsOnEscape}>
      <div className="conversation__main">
        <ConversationHeader
          conversation={conversation}
          visitorOnline={visitorOnline}
          access={access}
          commands={commands}
          me={agent.id}
          now={now}
          details={{ open: detailsOpen, toggle: () => setDetailsOpen((open) => !open) }}
        />
        <ConnectionBanner
          connection={snapshot.connection}
          onRetry={() => client?.reconnect()}
          onSignIn={() => navigate(`/agent/login?next=${encodeURIComponent(location.pathname)}`)}
        />
        {commands.problem && (
          <p className="conversation__problem" role="alert">
            <span>{commands.problem}</span>
            <button type="button" className="text-button" onClick={commands.dismiss}>
              Dismiss
            </button>
          </p>
        )}
        <MessageList
          snapshot={snapshot}
          viewer="agent"
          actions={client ?? NOT_YET}
          onDiscarded={(text) => setDraft(draft ? `${draft}\n${text}` : text)}
          // Looking into a colleague's conversation, or into one nobody has accepted, reads nothing for the visitor.
          visible={access.write && focused}
          {...(snapshot.conversation
            ? { empty: <p className="conversation__empty">Nothing has been written yet.</p> }
            : {})}
        />
        <TypingIndicator
          who={snapshot.typing.map((who) =>
            who.role === 'visitor' ? { ...who, name: visitorName(conversation.visitor) } : who,
          )}
        />
        {snapshot.notice && (
          <p className="conversation__notice" role="status">
            {snapshot.notice.message}
          </p>
        )}
        {access.write && client ? (
          <Composer
            value={draft}
            onChange={setDraft}
            onSend={(text) => client.send(text)}
            onTyping={(on) => client.typing(on)}
            placeholder="Write a reply"
          />
        ) : (
          <p className="conversation__closed">{access.explanation}</p>
        )}
      </div>
      <VisitorPanel
        conversation={conversation}
        online={visitorOnline}
        open={detailsOpen}
        onClose={() => setDetailsOpen(false)}
      />
    </div>
  );
}

/** What the list can do before there is a room to do it with. */
const NOT_YET = { retry() {}, discard: () => null, read() {}, loadOlder() {} };
