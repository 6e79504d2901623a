import { Link } from '@remix-run/react';
import type { ConversationSummary } from '../../protocol/model.ts';
import { ChatButton } from '../chat-button.tsx';

const STATUS = { waiting: 'In the queue', active: 'Open', closed: 'Closed' } as const;

/** A day as everybody reads it, wherever it is rendered. */
export const dayOf = (at: string) =>
  new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(at));

/** A person’s conversations, newest first. The open one goes on in the chat; any can be read again. */
export function ConversationList({ conversations }: { conversations: ConversationSummary[] | null }) {
  if (conversations === null) {
    return <p className="form-note form-note--problem">Your conversations can’t be loaded right now.</p>;
  }
  if (conversations.length === 0) {
    return (
      <div className="empty-note">
        <p>There are none yet.</p>
        <ChatButton>Start one now</ChatButton>
      </div>
    );
  }
  return (
    <ul className="talks">
      {conversations.map(({ id, status, subject, lastMessage, createdAt, unread }) => (
        <li key={id} className="talk">
          <div className="talk__about">
            <h3>
              <Link to={`/account/conversations/${id}`}>{subject ?? 'Conversation'}</Link>
            </h3>
            <p className="talk__last">{lastMessage?.text ?? ''}</p>
            <p className="talk__facts">
              <span className={`talk__status talk__status--${status}`}>{STATUS[status]}</span>
              <time dateTime={createdAt}>{dayOf(createdAt)}</time>
              {unread.visitor > 0 && <span>{unread.visitor} unread</span>}
            </p>
          </div>
          {status !== 'closed' && <ChatButton className="button button--small">Go on in the chat</ChatButton>}
        </li>
      ))}
    </ul>
  );
}
