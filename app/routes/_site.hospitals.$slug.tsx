import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData } from '@remix-run/react';
import { ProcedureCard } from '../site/cards.tsx';
import { hospitalBySlug } from '../site/catalogue/hospitals.ts';
import { PROCEDURES } from '../site/catalogue/procedures.ts';
import { ChatButton } from '../site/chat-button.tsx';
import type { SiteHandle } from '../site/page-context.ts';
import { PageHead } from '../site/page-head.tsx';
import { SaveButton } from '../site/save-button.tsx';

export function loader({ params }: LoaderFunctionArgs) {
  const hospital = hospitalBySlug(params.slug);
  if (!hospital) throw new Response('No such hospital', { status: 404 });
  return { hospital, procedures: PROCEDURES.filter(({ hospitals }) => hospitals.includes(hospital.slug)) };
}

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.hospital.name ?? 'Hospital'} · WellChina` },
];

export const handle: SiteHandle = {
  chatContext({ slug }) {
    const hospital = hospitalBySlug(slug);
    return hospital ? { hospital: hospital.name, city: hospital.city } : {};
  },
};

export default function HospitalPage() {
  const { hospital, procedures } = useLoaderData<typeof loader>();
  return (
    <>
      <nav className="crumbs" aria-label="Breadcrumb">
        <Link to="/hospitals">Hospitals</Link>
      </nav>
      <PageHead title={hospital.name} lead={hospital.summary}>
        <div className="hero__actions">
          <ChatButton>Ask about this hospital</ChatButton>
          <SaveButton kind="hospitals" name={hospital.name} />
        </div>
      </PageHead>
      <section aria-labelledby="facts">
        <h2 id="facts">At a glance</h2>
        <dl className="facts">
          <dt>City</dt>
          <dd>{hospital.city}</dd>
          <dt>From the airport</dt>
          <dd>{hospital.airportMinutes} minutes by car</dd>
          <dt>Beds</dt>
          <dd>{hospital.beds}</dd>
          <dt>Languages</dt>
          <dd>{hospital.languages.join(', ')}</dd>
          <dt>Rating by our patients</dt>
          <dd>{hospital.rating} of 5</dd>
        </dl>
      </section>
      <section aria-labelledby="offers">
        <h2 id="offers">Procedures at {hospital.name}</h2>
        <div className="cards">
          {procedures.map((procedure) => (
            <ProcedureCard heading="h3" key={procedure.slug} procedure={procedure} />
          ))}
        </div>
      </section>
    </>
  );
}
