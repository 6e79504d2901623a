import { Form, Link, useNavigation } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import type { SitesAnswer } from '../services/widget-sites.server.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { InstallSnippet } from './install-snippet.tsx';

interface Site {
  id: string;
  origin: string;
  label: string;
}

interface SitesScreenProps {
  sites: readonly Site[];
  /** Where the chat itself lives. */
  origin: string;
  /** What became of the form sent last. */
  answer: SitesAnswer | null;
}

/** Which websites may carry the chat, and what to paste into them. */
export function SitesScreen({ sites, origin, answer }: SitesScreenProps) {
  const navigation = useNavigation();
  const sending = navigation.state !== 'idle' && navigation.formMethod === 'POST';
  const problem = answer?.ok === false ? answer : null;
  const form = useRef<HTMLFormElement>(null);
  const address = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (sending || !answer) return;
    if (answer.ok && answer.done === 'added') form.current?.reset();
    if (!answer.ok) address.current?.focus();
  }, [sending, answer]);

  return (
    <div className="sites">
      <header className="sites__head">
        <Link className="sites__back" to="/agent">
          All conversations
        </Link>
        <h1>Websites</h1>
        <p>
          The chat opens only on the websites listed here; on any other, browsers refuse to show it. A change
          holds everywhere within a minute.
        </p>
      </header>

      <section aria-labelledby="listed">
        <h2 id="listed">May carry the chat</h2>
        <ul className="sites__list">
          <li>
            <span className="sites__name">
              <strong>{origin}</strong>
              <span>The chat’s own address, always</span>
            </span>
          </li>
          {sites.map((site) => (
            <SiteRow key={site.id} site={site} busy={sending} />
          ))}
        </ul>
        <p className="sites__note" role="status">
          {answer?.ok && !sending
            ? `${answer.origin} ${answer.done === 'added' ? 'was added.' : 'was removed.'}`
            : ''}
        </p>
      </section>

      <section aria-labelledby="add">
        <h2 id="add">Add a website</h2>
        <Form method="post" ref={form} className="sites__form" noValidate>
          <input type="hidden" name="intent" value="add" />
          <div className="sites__field">
            <label htmlFor="origin">Address</label>
            <input
              id="origin"
              ref={address}
              name="origin"
              inputMode="url"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              placeholder="https://www.example.com"
              defaultValue={problem?.origin ?? ''}
              aria-invalid={problem !== null}
              aria-describedby={problem ? 'origin-problem origin-help' : 'origin-help'}
            />
            {problem && (
              <p id="origin-problem" className="sites__problem" role="alert">
                {problem.problem}
              </p>
            )}
            <p id="origin-help" className="sites__help">
              With <code>https://*.example.com</code> every subdomain may carry it, but not example.com
              itself.
            </p>
          </div>
          <div className="sites__field">
            <label htmlFor="label">
              Name <span>(optional)</span>
            </label>
            <input
              id="label"
              name="label"
              maxLength={80}
              autoComplete="off"
              placeholder="Our shop"
              defaultValue={problem?.label ?? ''}
            />
          </div>
          <button type="submit" className="button" disabled={sending}>
            {sending ? 'Saving…' : 'Add website'}
          </button>
        </Form>
      </section>

      <InstallSnippet origin={origin} />
    </div>
  );
}

function SiteRow({ site, busy }: { site: Site; busy: boolean }) {
  const [asking, setAsking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  return (
    <li>
      <span className="sites__name">
        <strong>{site.origin}</strong>
        {site.label && <span dir="auto">{site.label}</span>}
      </span>
      <Form method="post" ref={form}>
        <input type="hidden" name="intent" value="remove" />
        <input type="hidden" name="id" value={site.id} />
        <input type="hidden" name="origin" value={site.origin} />
        <button
          type="button"
          className="button button--quiet button--small"
          disabled={busy}
          aria-label={`Remove ${site.origin}`}
          onClick={() => setAsking(true)}
        >
          Remove
        </button>
      </Form>
      <ConfirmDialog
        open={asking}
        title={`Remove ${site.origin}?`}
        confirm="Remove"
        busy={busy}
        onConfirm={() => {
          setAsking(false);
          form.current?.requestSubmit();
        }}
        onCancel={() => setAsking(false)}
      >
        <p>Within a minute the chat no longer opens there. Conversations stay as they are.</p>
      </ConfirmDialog>
    </li>
  );
}
