import { Form, Link } from '@remix-run/react';
import { AUDIT_ACTIONS, type AuditEntry } from '../protocol/audit.ts';
import type { AuditFilter, AuditPage } from '../services/audit.server.ts';
import { ACTION_NAMES, auditSentence, type Phrase } from './audit-sentence.ts';
import { LocalTime } from './local-time.tsx';
import { shortId } from './names.ts';

const PROBLEMS: Readonly<Partial<Record<AuditFilter, string>>> = {
  person: 'There is nobody like that.',
  action: 'There is no such action.',
  conversation: 'This is no conversation’s id.',
  from: 'This is no date.',
  to: 'This is no date.',
};

/** Who did what, newest first. */
export function AuditScreen({ page }: { page: AuditPage }) {
  const { entries, older, newest, filter, wrong } = page;
  const filtered = Object.keys(filter).length > 0;
  return (
    <div className="team audit">
      <header className="team__head">
        <Link className="team__back" to="/agent">
          All conversations
        </Link>
        <h1>Audit log</h1>
        <p>Who did what, and when. It is kept as it was written, and never holds what anybody said.</p>
      </header>
      <Filters page={page} filtered={filtered} />
      <section aria-label="Entries">
        {entries.length > 0 ? (
          <ol className="audit__list">
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ol>
        ) : (
          <p className="audit__empty" role="status">
            {wrong.length > 0
              ? 'Put right what is marked above.'
              : filtered
                ? 'Nothing like this was noted.'
                : 'Nothing was noted yet. What your team does appears here.'}
          </p>
        )}
        {(newest || older) && (
          <nav className="audit__pages" aria-label="Pages">
            {newest && (
              <Link className="button button--quiet button--small" to={newest}>
                Newest
              </Link>
            )}
            {older && (
              <Link className="button button--quiet button--small" to={older}>
                Older
              </Link>
            )}
          </nav>
        )}
      </section>
    </div>
  );
}

function Filters({ page: { filter, wrong, people }, filtered }: { page: AuditPage; filtered: boolean }) {
  const attributes = (name: AuditFilter) => ({
    id: `audit-${name}`,
    name,
    defaultValue: filter[name] ?? '',
    'aria-invalid': wrong.includes(name),
    ...(wrong.includes(name) ? { 'aria-describedby': `audit-${name}-problem` } : {}),
  });
  const problem = (name: AuditFilter) =>
    wrong.includes(name) && (
      <p id={`audit-${name}-problem`} className="team__problem" role="alert">
        {PROBLEMS[name]}
      </p>
    );
  return (
    // Its fields show what the address says, also after going back.
    <Form method="get" className="audit__filters" key={JSON.stringify(filter)} noValidate>
      <div className="team__field">
        <label htmlFor="audit-person">Person</label>
        <select {...attributes('person')}>
          <option value="">Anybody</option>
          {people.map(({ id, name, state }) => (
            <option key={id} value={id}>
              {state === 'active' ? name : `${name} (${state})`}
            </option>
          ))}
        </select>
        {problem('person')}
      </div>
      <div className="team__field">
        <label htmlFor="audit-action">Action</label>
        <select {...attributes('action')}>
          <option value="">Anything</option>
          {AUDIT_ACTIONS.map((action) => (
            <option key={action} value={action}>
              {ACTION_NAMES[action]}
            </option>
          ))}
        </select>
        {problem('action')}
      </div>
      <div className="team__field">
        <label htmlFor="audit-from">From (UTC)</label>
        <input type="date" {...attributes('from')} />
        {problem('from')}
      </div>
      <div className="team__field">
        <label htmlFor="audit-to">To (UTC)</label>
        <input type="date" {...attributes('to')} />
        {problem('to')}
      </div>
      <div className="team__field audit__conversation">
        <label htmlFor="audit-conversation">Conversation id</label>
        <input autoComplete="off" spellCheck={false} {...attributes('conversation')} />
        {problem('conversation')}
      </div>
      <div className="audit__submit">
        <button type="submit" className="button">
          Show
        </button>
        {filtered && (
          <Link className="button button--quiet" to="/agent/audit">
            Clear
          </Link>
        )}
      </div>
    </Form>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { action, actor, at } = entry;
  return (
    <li className="audit__entry" data-action={action}>
      <p>
        {auditSentence(entry).map((phrase, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a sentence's pieces have no other identity
          <Piece key={index} phrase={phrase} first={index === 0} />
        ))}
      </p>
      <p className="audit__meta">
        <LocalTime at={at} />
        {actor.from && (
          <span>
            from <code>{actor.from}</code>
          </span>
        )}
        {actor.role === 'admin' && <span>as admin</span>}
      </p>
    </li>
  );
}

function Piece({ phrase, first }: { phrase: Phrase; first: boolean }) {
  const space = first ? '' : ' ';
  switch (phrase.is) {
    case 'words':
      return <>{space + phrase.text}</>;
    case 'name':
      return (
        <>
          {space}
          <strong dir="auto">{phrase.text}</strong>
        </>
      );
    case 'conversation':
      return (
        <>
          {space}
          <Link to={`/agent/conversations/${phrase.id}`}>
            {first ? 'C' : 'c'}onversation #{shortId(phrase.id)}
          </Link>
        </>
      );
    default:
      return phrase satisfies never;
  }
}
