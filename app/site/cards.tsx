import { Link } from '@remix-run/react';
import type { Hospital } from './catalogue/hospitals.ts';
import type { Procedure } from './catalogue/procedures.ts';
import { usd } from './money.ts';
import { SaveButton } from './save-button.tsx';

/** The level of a card's heading is that of its place: under a page's title, or under a section's. */
interface Placed {
  heading?: 'h2' | 'h3';
}

export function ProcedureCard({ procedure, heading: Heading = 'h2' }: { procedure: Procedure } & Placed) {
  const saving = Math.round((1 - procedure.price.from / procedure.price.abroad) * 100);
  return (
    <article className="card">
      <header className="card__head">
        <Heading>
          <Link to={`/procedures/${procedure.slug}`}>{procedure.name}</Link>
        </Heading>
        <SaveButton kind="procedures" name={procedure.name} />
      </header>
      <p>{procedure.summary}</p>
      <dl className="card__facts">
        <div>
          <dt>From</dt>
          <dd>{usd(procedure.price.from)}</dd>
        </div>
        <div>
          <dt>Stay</dt>
          <dd>{procedure.stay}</dd>
        </div>
        <div>
          <dt>You save up to</dt>
          <dd>{saving}%</dd>
        </div>
      </dl>
    </article>
  );
}

export function HospitalCard({ hospital, heading: Heading = 'h2' }: { hospital: Hospital } & Placed) {
  return (
    <article className="card">
      <header className="card__head">
        <Heading>
          <Link to={`/hospitals/${hospital.slug}`}>{hospital.name}</Link>
        </Heading>
        <SaveButton kind="hospitals" name={hospital.name} />
      </header>
      <p className="card__place">
        {hospital.city} · rated {hospital.rating} of 5
      </p>
      <p>{hospital.summary}</p>
      <ul className="tags">
        {hospital.knownFor.map((field) => (
          <li key={field}>{field}</li>
        ))}
      </ul>
    </article>
  );
}
