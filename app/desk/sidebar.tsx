import { Form, Link, useNavigate } from '@remix-run/react';
import { useRef } from 'react';
import { Avatar } from '../components/avatar.tsx';
import { ConnectionBanner } from '../components/connection-banner.tsx';
import type { CurrentAgent } from '../services/agent-session.server.ts';
import { BrandMark } from '../site/brand.tsx';
import { DeskNav } from './desk-nav.tsx';
import { QueueList } from './queue-list.tsx';
import { useDeskKeys } from './use-desk-keys.ts';
import type { LiveQueue } from './use-live-queue.ts';

interface SidebarProps {
  agent: CurrentAgent;
  queue: LiveQueue;
  now: number;
}

/** The left side: the queue, the state of the line, and who is signed in. */
export function Sidebar({ agent, queue, now }: SidebarProps) {
  const navigate = useNavigate();
  const frame = useRef<HTMLElement>(null);
  useDeskKeys(frame);
  const online = queue.agents.filter((colleague) => colleague.online).length;
  return (
    <aside className="sidebar" aria-label="Queue" ref={frame}>
      <header className="sidebar__head">
        <Link to="/agent" className="sidebar__brand">
          <BrandMark />
          <span>Desk</span>
        </Link>
        {online > 0 && (
          <span className="sidebar__online">
            {online} {online === 1 ? 'agent' : 'agents'} online
          </span>
        )}
      </header>
      <ConnectionBanner
        connection={queue.connection}
        onRetry={queue.reconnect}
        onSignIn={() => navigate(`/agent/login?next=${encodeURIComponent(location.pathname)}`)}
      />
      <QueueList conversations={queue.conversations} me={agent.id} now={now} />
      <DeskNav role={agent.role} />
      <footer className="sidebar__foot">
        <Avatar name={agent.name} url={agent.avatarUrl} size={32} />
        <span className="sidebar__me">
          <strong>{agent.name}</strong>
          <span className="sidebar__role">{agent.role === 'admin' ? 'Admin' : 'Agent'}</span>
        </span>
        <Form method="post" action="/agent/logout" reloadDocument>
          <button type="submit" className="button button--quiet button--small">
            Sign out
          </button>
        </Form>
      </footer>
    </aside>
  );
}
