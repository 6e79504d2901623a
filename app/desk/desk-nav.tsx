import { NavLink } from '@remix-run/react';
import type { CurrentAgent } from '../services/agent-session.server.ts';

/** The desk's pages beside the conversations, and who has them. */
const PAGES: readonly { to: string; text: string; roles: readonly CurrentAgent['role'][] }[] = [
  { to: '/agent/team', text: 'Team', roles: ['admin'] },
  { to: '/agent/audit', text: 'Audit log', roles: ['admin'] },
  { to: '/agent/sites', text: 'Websites', roles: ['admin'] },
];

/** The way to the desk's other pages; nothing where there is none for this agent. */
export function DeskNav({ role }: { role: CurrentAgent['role'] }) {
  const pages = PAGES.filter(({ roles }) => roles.includes(role));
  if (pages.length === 0) return null;
  return (
    <nav className="desk-nav" aria-label="Desk">
      {pages.map(({ to, text }) => (
        <NavLink key={to} to={to}>
          {text}
        </NavLink>
      ))}
    </nav>
  );
}
