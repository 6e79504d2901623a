import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData } from '@remix-run/react';
import { HospitalCard } from '../site/cards.tsx';
import { HOSPITALS } from '../site/catalogue/hospitals.ts';
import { procedureBySlug } from '../site/catalogue/procedures.ts';
import { ChatButton } from '../site/chat-button.tsx';
import { usd } from '../site/money.ts';
import type { SiteHandle } from '../site/page-context.ts';
import { PageHead } from '../site/page-head.tsx';
import { SaveButton } from '../site/save-button.tsx';

export function loader({ params }: LoaderFunctionArgs) {
  const procedure = procedureBySlug(params.slug);
  if (!procedure) throw new Response('No such procedure', { status: 404 });
  return { procedure, hospitals: HOSPITALS.filter(({ slug }) => procedure.hospitals.includes(slug)) };
}

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.procedure.name ?? 'Procedure'} · WellChina` },
];

export const handle: SiteHandle = {
  chatContext({ slug }) {
    const procedure = procedureBySlug(slug);
    return procedure ? { procedure: procedure.name } : {};
  },
};

export default function ProcedurePage() {
  const { procedure, hospitals } = useLoaderData<typeof loader>();
  return (
    <>
      <nav className="crumbs" aria-label="Breadcrumb">
        <Link to="/procedures">Procedures</Link>
      </nav>
      <PageHead title={procedure.name} lead={procedure.summary}>
        <div className="hero__actions">
          <ChatButton>Ask about {procedure.name}</ChatButton>
          <SaveButton kind="procedures" name={procedure.name} />
        </div>
      </PageHead>
      <div className="columns">
        <section aria-labelledby="facts">
          <h2 id="facts">At a glance</h2>
          <dl className="facts">
            <dt>Price here</dt>
            <dd>
              {usd(procedure.price.from)} to {usd(procedure.price.to)}
            </dd>
            <dt>Usual price abroad</dt>
            <dd>{usd(procedure.price.abroad)}</dd>
            <dt>Time in the city</dt>
            <dd>{procedure.stay}</dd>
            <dt>Recovery</dt>
            <dd>{procedure.recovery}</dd>
          </dl>
        </section>
        <section aria-labelledby="included">
          <h2 id="included">What the price includes</h2>
          <ul className="ticks">
            {procedure.includes.map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        </section>
      </div>
      <section aria-labelledby="where">
        <h2 id="where">Where it is done</h2>
        <div className="cards">
          {hospitals.map((hospital) => (
            <HospitalCard heading="h3" key={hospital.slug} hospital={hospital} />
          ))}
        </div>
      </section>
    </>
  );
}
