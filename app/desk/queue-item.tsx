import { NavLink } from '@remix-run/react';
import { Avatar } from '../components/avatar.tsx';
import type { ConversationSummary } from '../protocol/model.ts';
import { shortDuration, spokenDuration, urgency } from './duration.ts';
import { visitorName } from './names.ts';
import { isMine, lastActivity, unreadFor } from './queue.ts';
import { snippet } from './snippet.ts';

interface QueueItemProps {
  conversation: ConversationSummary;
  me: string;
  now: number;
}

/** One conversation in the list: who, since when, what was said last and what is unread. */
export function QueueItem({ conversation, me, now }: QueueItemProps) {
  const { id, status, visitor, agent, createdAt } = conversation;
  const name = visitorName(visitor);
  const unread = unreadFor(conversation, me);
  const waiting = status === 'waiting';
  const since = waiting ? createdAt : lastActivity(conversation);
  return (
    <li>
      <NavLink
        to={`/agent/conversations/${id}`}
        className="queue-item"
        prefetch="none"
        data-unread={unread > 0 || undefined}
        data-status={status}
      >
        <Avatar name={name} online={visitor.online} size={36} />
        <span className="queue-item__name">{name}</span>
        <span className="queue-item__time" data-urgency={waiting ? urgency(createdAt, now) : undefined}>
          <span aria-hidden="true">{shortDuration(since, now)}</span>
          <span className="visually-hidden">
            {waiting ? 'waiting for ' : 'last message '}
            {spokenDuration(since, now)}
            {waiting ? '' : ' ago'}
          </span>
        </span>
        <span className="queue-item__text">{snippet(conversation)}</span>
        {unread > 0 && (
          <span className="queue-item__unread">
            {unread > 99 ? '99+' : unread}
            <span className="visually-hidden"> unread</span>
          </span>
        )}
        {status === 'active' && !isMine(conversation, me) && (
          <span className="queue-item__agent">{agent?.name}</span>
        )}
      </NavLink>
    </li>
  );
}
