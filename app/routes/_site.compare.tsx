import type { MetaFunction } from '@remix-run/cloudflare';
import { Form, useSearchParams, useSubmit } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { HOSPITALS } from '../site/catalogue/hospitals.ts';
import { ChatButton } from '../site/chat-button.tsx';
import { comparedHospitals } from '../site/comparison.ts';
import type { SiteHandle } from '../site/page-context.ts';
import { PageHead } from '../site/page-head.tsx';

export const meta: MetaFunction = () => [{ title: 'Compare hospitals · WellChina' }];

export const handle: SiteHandle = {
  chatContext: (_params, search) => ({ hospitals: comparedHospitals(search).map(({ name }) => name) }),
};

export default function Compare() {
  const [search] = useSearchParams();
  const submit = useSubmit();
  const compared = comparedHospitals(search);
  // What was picked a moment ago is not in the address yet: the next pick must not undo it.
  const inAddress = compared.map(({ slug }) => slug).join(' ');
  const [picked, setPicked] = useState(inAddress.split(' '));
  useEffect(() => setPicked(inAddress.split(' ')), [inAddress]);
  const pick = (slug: string, on: boolean) =>
    setPicked((before) => (on ? [...before, slug] : before.filter((other) => other !== slug)));
  return (
    <>
      <PageHead
        title="Compare hospitals"
        lead="Side by side, in the points people ask us about. Pick up to three."
      />
      <Form
        className="picker"
        onChange={(event) => submit(event.currentTarget, { replace: true, preventScrollReset: true })}
      >
        <fieldset>
          <legend>Hospitals</legend>
          {HOSPITALS.map(({ slug, name }) => {
            const chosen = picked.includes(slug);
            return (
              <label key={slug}>
                <input
                  type="checkbox"
                  name="hospital"
                  value={slug}
                  checked={chosen}
                  disabled={!chosen && picked.length === 3}
                  onChange={(event) => pick(slug, event.currentTarget.checked)}
                />
                {name}
              </label>
            );
          })}
        </fieldset>
        <noscript>
          <button type="submit" className="button button--small">
            Compare
          </button>
        </noscript>
      </Form>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="scroller" aria-label="Comparison" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <td />
              {compared.map(({ slug, name }) => (
                <th key={slug} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">City</th>
              {compared.map(({ slug, city }) => (
                <td key={slug}>{city}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">Known for</th>
              {compared.map(({ slug, knownFor }) => (
                <td key={slug}>{knownFor.join(', ')}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">Languages</th>
              {compared.map(({ slug, languages }) => (
                <td key={slug}>{languages.join(', ')}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">From the airport</th>
              {compared.map(({ slug, airportMinutes }) => (
                <td key={slug}>{airportMinutes} minutes</td>
              ))}
            </tr>
            <tr>
              <th scope="row">Beds</th>
              {compared.map(({ slug, beds }) => (
                <td key={slug}>{beds}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">Rating</th>
              {compared.map(({ slug, rating }) => (
                <td key={slug}>{rating} of 5</td>
              ))}
            </tr>
          </tbody>
        </table>
      </section>
      <p className="aside">
        Hard to decide? <ChatButton className="text-button">Ask somebody who has been in both.</ChatButton>
      </p>
    </>
  );
}
