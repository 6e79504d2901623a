import type { MetaFunction } from '@remix-run/cloudflare';
import { Link } from '@remix-run/react';
import { ProcedureCard } from '../site/cards.tsx';
import { PROCEDURES } from '../site/catalogue/procedures.ts';
import { ChatButton } from '../site/chat-button.tsx';
import { HeroArt } from '../site/hero-art.tsx';
import type { SiteHandle } from '../site/page-context.ts';

export const meta: MetaFunction = () => [
  { title: 'WellChina: medical journeys to China' },
  {
    name: 'description',
    content:
      'Treatment in China’s best hospitals, with somebody beside you from the first question to the flight home.',
  },
];

export const handle: SiteHandle = { chatContext: () => ({ page: 'home' }) };

const STEPS = [
  ['Ask', 'Write to us in the chat. A person who knows the hospitals answers, usually within minutes.'],
  ['Compare', 'Within two days you have written offers from two hospitals, with dates and fixed prices.'],
  ['Travel', 'Visa letter, flights, hotel and interpreter are arranged. We meet you at the gate.'],
  ['Recover', 'Your doctor stays reachable for a year, in your language, after you are home.'],
] as const;

export default function Home() {
  return (
    <>
      <section className="hero">
        <div className="hero__text">
          <p className="eyebrow">Medical journeys to China</p>
          <h1>Excellent care, an honest price, and somebody beside you.</h1>
          <p className="lead">
            We plan treatment in China’s best hospitals for people from sixty countries: the doctor, the visa,
            the interpreter and the quiet hotel round the corner.
          </p>
          <div className="hero__actions">
            <ChatButton>Ask us anything</ChatButton>
            <Link className="button button--quiet" to="/procedures">
              See procedures
            </Link>
          </div>
          <ul className="hero__proof">
            <li>
              <strong>4,200</strong> journeys since 2014
            </li>
            <li>
              <strong>38</strong> partner hospitals
            </li>
            <li>
              <strong>8</strong> languages spoken
            </li>
          </ul>
        </div>
        <HeroArt />
      </section>
      <section className="band" aria-labelledby="most-asked">
        <div className="band__head">
          <h2 id="most-asked">What people come for</h2>
          <Link to="/procedures">All procedures</Link>
        </div>
        <div className="cards">
          {PROCEDURES.slice(0, 3).map((procedure) => (
            <ProcedureCard heading="h3" key={procedure.slug} procedure={procedure} />
          ))}
        </div>
      </section>
      <section className="band band--tinted" aria-labelledby="how">
        <h2 id="how">How it works</h2>
        <ol className="steps">
          {STEPS.map(([name, text]) => (
            <li key={name}>
              <h3>{name}</h3>
              <p>{text}</p>
            </li>
          ))}
        </ol>
      </section>
      <section className="closing">
        <h2>Not sure where to begin?</h2>
        <p>Tell us what troubles you. You don’t need an account, and the first answer costs nothing.</p>
        <ChatButton>Start a chat</ChatButton>
      </section>
    </>
  );
}
