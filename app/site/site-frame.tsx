import { Link, NavLink } from '@remix-run/react';
import type { ReactNode } from 'react';
import { BrandMark } from './brand.tsx';
import { ChatButton } from './chat-button.tsx';

const PAGES = [
  ['/procedures', 'Procedures'],
  ['/hospitals', 'Hospitals'],
  ['/pricing', 'Pricing'],
  ['/compare', 'Compare'],
  ['/contact', 'Contact'],
] as const;

/**
 * Header, content and footer of every page of the site.
 *
 * @param name of whoever is signed in; null for everybody else
 */
export function SiteFrame({ name, children }: { name: string | null; children: ReactNode }) {
  return (
    <div className="site">
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <header className="site__header">
        <Link to="/" className="site__brand">
          <BrandMark />
          <span>WellChina</span>
        </Link>
        <nav aria-label="Main">
          <ul>
            {PAGES.map(([path, name]) => (
              <li key={path}>
                <NavLink to={path}>{name}</NavLink>
              </li>
            ))}
          </ul>
        </nav>
        {name === null ? (
          <NavLink to="/login" className="site__account">
            Sign in
          </NavLink>
        ) : (
          <NavLink to="/account" className="site__account" title={`Your account, ${name}`}>
            <PersonIcon />
            <span>{name}</span>
          </NavLink>
        )}
        <ChatButton className="button button--small site__chat">Chat with us</ChatButton>
      </header>
      <main id="content" className="site__main" tabIndex={-1}>
        {children}
      </main>
      <footer className="site__footer">
        <div>
          <p className="site__brand">
            <BrandMark />
            <span>WellChina</span>
          </p>
          <p>Medical journeys to China, planned by people who have made them.</p>
        </div>
        <nav aria-label="Footer">
          <ul>
            {PAGES.map(([path, name]) => (
              <li key={path}>
                <Link to={path}>{name}</Link>
              </li>
            ))}
          </ul>
        </nav>
        <p className="site__small">
          A demonstration site: prices, hospitals and doctors are samples.{' '}
          {/* The desk has no chat of its own: a full load leaves the widget behind. */}
          <Link to="/agent" reloadDocument>
            Agent sign-in
          </Link>
        </p>
      </footer>
    </div>
  );
}

function PersonIcon() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6">
      <circle cx="10" cy="7" r="3.4" />
      <path d="M3.5 17c.9-3.2 3.4-4.8 6.5-4.8s5.6 1.6 6.5 4.8" strokeLinecap="round" />
    </svg>
  );
}
