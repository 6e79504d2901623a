import { Link } from '@remix-run/react';
import { useState } from 'react';
import { Avatar } from '../components/avatar.tsx';
import type { Conversation } from '../protocol/model.ts';
import type { Access } from './access.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { shortDuration } from './duration.ts';
import { visitorName } from './names.ts';
import type { Commands } from './use-command.ts';

interface ConversationHeaderProps {
  conversation: Conversation;
  visitorOnline: boolean;
  access: Access;
  commands: Commands;
  me: string;
  now: number;
  details: { open: boolean; toggle: () => void };
}

/** Who one is talking to, how it stands, and what can be done about it. */
export function ConversationHeader(props: ConversationHeaderProps) {
  const { conversation, visitorOnline, access, commands, details } = props;
  const [closing, setClosing] = useState(false);
  const name = visitorName(conversation.visitor);
  const busy = commands.running !== null;
  return (
    <header className="conversation__head">
      <Link to="/agent" className="conversation__back" aria-label="Back to the list">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="m14.5 5-7 7 7 7" />
        </svg>
      </Link>
      <Avatar name={name} online={visitorOnline} size={40} />
      <div className="conversation__who">
        <h1 tabIndex={-1}>{name}</h1>
        <p>
          <span className="status" data-status={conversation.status}>
            {statusText(props)}
          </span>
          {conversation.subject && <span className="conversation__subject">{conversation.subject}</span>}
        </p>
      </div>
      <div className="conversation__actions">
        {access.takeOver && (
          <button
            type="button"
            className="button button--small"
            disabled={busy}
            onClick={() => commands.run('take-over')}
          >
            {commands.running === 'take-over' ? 'Taking over…' : 'Take over'}
          </button>
        )}
        {access.close && (
          <button
            type="button"
            className="button button--quiet button--small"
            disabled={busy}
            onClick={() => setClosing(true)}
          >
            Close
          </button>
        )}
        {access.accept && (
          <button
            type="button"
            className="button button--small"
            disabled={busy}
            onClick={() => commands.run('accept')}
          >
            {commands.running === 'accept' ? 'Accepting…' : 'Accept'}
          </button>
        )}
        <button
          type="button"
          className="button button--quiet button--small conversation__details"
          aria-expanded={details.open}
          aria-controls="visitor-panel"
          onClick={details.toggle}
        >
          Details
        </button>
      </div>
      <ConfirmDialog
        open={closing}
        title="Close this conversation?"
        confirm={commands.running === 'close' ? 'Closing…' : 'Close conversation'}
        busy={busy}
        onCancel={() => setClosing(false)}
        onConfirm={() => commands.run('close').finally(() => setClosing(false))}
      >
        {name} will see that it has ended and can start a new one at any time.
      </ConfirmDialog>
    </header>
  );
}

function statusText({ conversation, me, now }: ConversationHeaderProps): string {
  switch (conversation.status) {
    case 'waiting':
      return `Waiting ${shortDuration(conversation.createdAt, now)}`.replace(' now', '');
    case 'active':
      return conversation.agent?.id === me ? 'Yours' : (conversation.agent?.name ?? 'Active');
    case 'closed':
      return 'Closed';
    default:
      return conversation.status satisfies never;
  }
}
