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

/** Header, content and footer of every page of the site. */
export function SiteFrame({ children }: { children: ReactNode }) {
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
