import type { MetaFunction } from '@remix-run/cloudflare';
import { ProcedureCard } from '../site/cards.tsx';
import { PROCEDURES } from '../site/catalogue/procedures.ts';
import type { SiteHandle } from '../site/page-context.ts';
import { PageHead } from '../site/page-head.tsx';

export const meta: MetaFunction = () => [{ title: 'Procedures · WellChina' }];

export const handle: SiteHandle = { chatContext: () => ({ page: 'procedures' }) };

export default function Procedures() {
  return (
    <>
      <PageHead
        title="Procedures"
        lead="Treatments our partner hospitals do every week, at prices that include the unexpected."
      />
      <div className="cards">
        {PROCEDURES.map((procedure) => (
          <ProcedureCard key={procedure.slug} procedure={procedure} />
        ))}
      </div>
    </>
  );
}
