import { Avatar } from '../components/avatar.tsx';
import type { Conversation } from '../protocol/model.ts';
import { contextFacts, savedItems } from './context-facts.ts';
import { LocalTime } from './local-time.tsx';
import { visitorName } from './names.ts';

interface VisitorPanelProps {
  conversation: Conversation;
  online: boolean;
  open: boolean;
  onClose: () => void;
}

/** The right side: who the visitor is, where they came from, what they saved (the seed's 5, 11.3 and 11.4). */
export function VisitorPanel({ conversation, online, open, onClose }: VisitorPanelProps) {
  const { visitor, metadata, agent } = conversation;
  const facts = contextFacts(metadata);
  const saved = savedItems(metadata);
  return (
    <aside
      id="visitor-panel"
      className="panel"
      data-open={open || undefined}
      aria-label="Visitor and conversation"
    >
      <button type="button" className="button button--quiet button--small panel__close" onClick={onClose}>
        Close details
      </button>
      <div className="panel__who">
        <Avatar name={visitorName(visitor)} online={online} size={52} />
        <div>
          <h2>{visitorName(visitor)}</h2>
          <p>
            {visitor.isAnonymous ? 'Guest' : 'Registered visitor'} · {online ? 'here now' : 'away'}
          </p>
        </div>
      </div>
      <section aria-labelledby="panel-context">
        <h3 id="panel-context">Came from</h3>
        {facts.length === 0 ? (
          <p className="panel__none">Nothing is known about the page.</p>
        ) : (
          <dl className="panel__facts">
            {facts.map(({ label, value }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      <section aria-labelledby="panel-saved">
        <h3 id="panel-saved">Saved</h3>
        {saved.length === 0 && <p className="panel__none">No saved items.</p>}
        {saved.map(({ kind, names }) => (
          <div key={kind} className="panel__saved">
            <h4>{kind}</h4>
            <ul className="chips">
              {names.map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>
          </div>
        ))}
      </section>
      <section aria-labelledby="panel-conversation">
        <h3 id="panel-conversation">Conversation</h3>
        <dl className="panel__facts">
          <div>
            <dt>Started</dt>
            <dd>
              <LocalTime at={conversation.createdAt} />
            </dd>
          </div>
          {conversation.closedAt && (
            <div>
              <dt>Closed</dt>
              <dd>
                <LocalTime at={conversation.closedAt} />
              </dd>
            </div>
          )}
          <div>
            <dt>Agent</dt>
            <dd>{agent?.name ?? 'Nobody yet'}</dd>
          </div>
          {conversation.tags.length > 0 && (
            <div>
              <dt>Tags</dt>
              <dd>{conversation.tags.join(', ')}</dd>
            </div>
          )}
          <div>
            <dt>Id</dt>
            <dd>
              <code>{conversation.id}</code>
            </dd>
          </div>
        </dl>
      </section>
    </aside>
  );
}
