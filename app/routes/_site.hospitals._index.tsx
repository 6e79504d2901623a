import type { MetaFunction } from '@remix-run/cloudflare';
import { HospitalCard } from '../site/cards.tsx';
import { HOSPITALS } from '../site/catalogue/hospitals.ts';
import type { SiteHandle } from '../site/page-context.ts';
import { PageHead } from '../site/page-head.tsx';

export const meta: MetaFunction = () => [{ title: 'Hospitals · WellChina' }];

export const handle: SiteHandle = { chatContext: () => ({ page: 'hospitals' }) };

export default function Hospitals() {
  return (
    <>
      <PageHead
        title="Hospitals"
        lead="We have been in every one of these houses, and we go back twice a year to see that it still is good."
      />
      <div className="cards">
        {HOSPITALS.map((hospital) => (
          <HospitalCard key={hospital.slug} hospital={hospital} />
        ))}
      </div>
    </>
  );
}
