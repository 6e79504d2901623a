import type { MetaFunction } from '@remix-run/cloudflare';
import { ChatButton } from '../site/chat-button.tsx';
import { fromQuery, type SiteHandle } from '../site/page-context.ts';
import { PageHead } from '../site/page-head.tsx';

export const meta: MetaFunction = () => [{ title: 'Contact · WellChina' }];

export const handle: SiteHandle = {
  chatContext: (_params, search) => ({ page: 'contact', ...fromQuery(search, ['hospital', 'procedure']) }),
};

export default function Contact() {
  return (
    <>
      <PageHead title="Contact" lead="Write, call or come by. We read everything, and a person answers." />
      <div className="columns">
        <section aria-labelledby="reach">
          <h2 id="reach">Reach us</h2>
          <dl className="facts">
            <dt>Email</dt>
            <dd>
              <a href="mailto:hello@wellchina.example">hello@wellchina.example</a>, answered within two days
            </dd>
            <dt>Telephone</dt>
            <dd>
              <a href="tel:+862155500140">+86 21 5550 0140</a>, 8:00 to 22:00 in Shanghai
            </dd>
            <dt>Office</dt>
            <dd>
              Jade Court 14, 200 Riverside Road
              <br />
              Shanghai 200120
            </dd>
          </dl>
        </section>
        <section className="faster" aria-labelledby="faster">
          <h2 id="faster">Want a faster response?</h2>
          <p>In the chat an answer usually takes minutes, and you need no account.</p>
          <ChatButton>Chat with us now.</ChatButton>
        </section>
      </div>
    </>
  );
}
