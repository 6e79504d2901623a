import { data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData } from '@remix-run/react';
import { z } from 'zod';
import { roomOf } from '../../workers/objects.ts';
import { english } from '../i18n/english.ts';
import { eventText } from '../i18n/event.ts';
import { requireAccount } from '../services/account.server.ts';
import { dayOf } from '../site/account/conversation-list.tsx';
import { PageHead } from '../site/page-head.tsx';

export { accountLinks as links, actionHeaders as headers } from '../site/account/links.ts';

export const meta: MetaFunction = () => [
  { title: 'Conversation · WellChina' },
  { name: 'robots', content: 'noindex' },
];

const PAGE = 100;

/** What was said in one of the person's own conversations; anybody else's is not there. */
export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { env } = context.cloudflare;
  const { claims, headers } = await requireAccount(request, env);
  const id = z.uuid().safeParse(params.id);
  const before = z.coerce
    .number()
    .int()
    .positive()
    .safe()
    .safeParse(new URL(request.url).searchParams.get('before') ?? undefined);
  headers.set('Cache-Control', 'private, no-store');
  if (!id.success) throw new Response(null, { status: 404, headers });
  const seen = await env.STORE.canSee(claims, id.data);
  if (!seen.ok) throw new Response(null, { status: 503, headers });
  if (!seen.visible) throw new Response(null, { status: 404, headers });
  const conversationId = id.data.toLowerCase();
  const page = await roomOf(env, conversationId).history(
    conversationId,
    before.success ? before.data : null,
    PAGE,
  );
  if (!page.ok) throw new Response(null, { status: page.code === 'not_found' ? 404 : 503, headers });
  return data({ messages: page.messages, more: page.more }, { headers });
}

const time = new Intl.DateTimeFormat('en', { timeStyle: 'short', timeZone: 'UTC' });

export default function History() {
  const { messages, more } = useLoaderData<typeof loader>();
  const first = messages[0]?.seq;
  return (
    <>
      <PageHead title="Conversation" lead="As it was said; times are UTC.">
        <p>
          <Link to="/account">Back to your account</Link>
        </p>
      </PageHead>
      <section className="transcript" aria-label="Messages">
        {more && first !== undefined && <Link to={`?before=${first}`}>Earlier messages</Link>}
        <ol>
          {messages.map((message) => (
            <li key={message.seq} className={`said said--${message.senderRole}`}>
              {message.senderRole !== 'system' && (
                <p className="said__who">{message.senderRole === 'visitor' ? 'You' : message.senderName}</p>
              )}
              <p className="said__text" dir="auto">
                {message.event ? eventText(english.t, message.event, 'visitor') : message.text}
              </p>
              <p className="said__when">
                <time dateTime={message.at}>
                  {dayOf(message.at)}, {time.format(new Date(message.at))}
                </time>
              </p>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}
