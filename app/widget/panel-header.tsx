import type { ReactNode } from 'react';
import { Avatar } from '../components/avatar.tsx';
import { BackIcon, ChevronDownIcon } from '../components/icons.tsx';
import type { MessageKey } from '../i18n/messages.ts';
import { useT } from '../i18n/use-language.ts';
import type { ConversationSnapshot } from '../realtime/types.ts';
import { CareIcon } from './care-icon.tsx';

/** Who one is talking to, and how to put the panel away. Promises nothing about when an answer comes. */
export function PanelHeader({
  snapshot,
  back,
  menu,
  onMinimise,
}: {
  snapshot: ConversationSnapshot;
  /** Where one came from. */
  back: { label: string; run: () => void } | undefined;
  menu: ReactNode;
  /** Absent when the panel is a page of its own. */
  onMinimise: (() => void) | undefined;
}) {
  const t = useT();
  const { conversation, presence } = snapshot;
  const agent = conversation?.agent ?? null;
  // While the line is down nobody knows who is there, and after the close it no longer matters.
  const known = snapshot.connection === 'online' && conversation?.status !== 'closed';
  const online = agent !== null && presence.agents.some(({ id }) => id === agent.id);
  return (
    <header className="panel-header" data-back={back !== undefined}>
      {back && (
        <button type="button" className="panel-icon-button" aria-label={back.label} onClick={back.run}>
          <BackIcon size={22} />
        </button>
      )}
      {agent ? (
        <Avatar name={agent.name} url={agent.avatarUrl} size={40} {...(known ? { online } : {})} />
      ) : (
        <span className="panel-mark">
          <CareIcon size={22} />
        </span>
      )}
      <div className="panel-title">
        <h1 dir="auto">{agent?.name ?? t('widget.team')}</h1>
        <p>{t(status(conversation, online, known))}</p>
      </div>
      {menu}
      {onMinimise && (
        <button
          type="button"
          className="panel-icon-button"
          aria-label={t('widget.minimise')}
          onClick={onMinimise}
        >
          <ChevronDownIcon size={22} />
        </button>
      )}
    </header>
  );
}

function status(
  conversation: ConversationSnapshot['conversation'],
  online: boolean,
  known: boolean,
): MessageKey {
  if (!conversation) return 'widget.status.idle';
  if (conversation.status === 'closed') return 'widget.status.closed';
  if (!conversation.agent) return 'widget.status.waiting';
  if (!known) return 'widget.status.idle';
  return online ? 'widget.status.online' : 'widget.status.away';
}
