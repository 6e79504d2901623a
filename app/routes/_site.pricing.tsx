import type { MetaFunction } from '@remix-run/cloudflare';
import { PLANS } from '../site/catalogue/plans.ts';
import { PROCEDURES } from '../site/catalogue/procedures.ts';
import { ChatButton } from '../site/chat-button.tsx';
import { usd } from '../site/money.ts';
import type { SiteHandle } from '../site/page-context.ts';
import { PageHead } from '../site/page-head.tsx';
import { SaveButton } from '../site/save-button.tsx';

export const meta: MetaFunction = () => [{ title: 'Pricing · WellChina' }];

export const handle: SiteHandle = { chatContext: () => ({ page: 'pricing' }) };

export default function Pricing() {
  return (
    <>
      <PageHead
        title="Pricing"
        lead="One fee for our work, agreed before you travel. What the hospital asks, you pay the hospital."
      />
      <div className="cards">
        {PLANS.map((plan) => (
          <article key={plan.name} className={plan.featured ? 'card card--featured' : 'card'}>
            <header className="card__head">
              <h2>{plan.name}</h2>
              <SaveButton kind="plans" name={plan.name} />
            </header>
            <p className="price">
              {usd(plan.price)} <small>for the journey</small>
            </p>
            <p>{plan.summary}</p>
            <ul className="ticks">
              {plan.includes.map((item) => (
                <li key={item}>{item}</li>
              ))}
            </ul>
            <ChatButton className={plan.featured ? 'button' : 'button button--quiet'}>
              Ask about it
            </ChatButton>
          </article>
        ))}
      </div>
      <section aria-labelledby="treatments">
        <h2 id="treatments">What treatments cost</h2>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className="scroller" aria-label="Table of prices" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Procedure</th>
                <th scope="col">Here</th>
                <th scope="col">Usual price abroad</th>
                <th scope="col">Stay</th>
              </tr>
            </thead>
            <tbody>
              {PROCEDURES.map(({ slug, name, price, stay }) => (
                <tr key={slug}>
                  <th scope="row">{name}</th>
                  <td>
                    {usd(price.from)} to {usd(price.to)}
                  </td>
                  <td>{usd(price.abroad)}</td>
                  <td>{stay}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </section>
    </>
  );
}
