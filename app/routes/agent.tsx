import type { HeadersFunction, LinksFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { data } from '@remix-run/cloudflare';
import {
  Outlet,
  type ShouldRevalidateFunction,
  useLoaderData,
  useLocation,
  useParams,
} from '@remix-run/react';
import { useEffect, useMemo, useState } from 'react';
import chat from '../components/chat.css?url';
import desk from '../desk/desk.css?url';
import type { DeskContext } from '../desk/desk-context.ts';
import { visitorName } from '../desk/names.ts';
import panes from '../desk/panes.css?url';
import { deskTitle, type OpenUnread, totalUnread, withOpenUnread } from '../desk/queue.ts';
import { DESK } from '../desk/safe-next.ts';
import { Sidebar } from '../desk/sidebar.tsx';
import { useArrivals } from '../desk/use-arrivals.ts';
import { useClock } from '../desk/use-clock.ts';
import { useCurrentAgent } from '../desk/use-current-agent.ts';
import { useLiveQueue } from '../desk/use-live-queue.ts';
import { english } from '../i18n/english.ts';
import { LanguageProvider } from '../i18n/use-language.ts';
import { requireAgent } from '../services/agent-session.server.ts';

export { DeskError as ErrorBoundary } from '../desk/desk-error.tsx';

/** As many as the list shows at once before the lobby, which knows all, has spoken. */
const RENDERED_CONVERSATIONS = 200;

export const links: LinksFunction = () => [
  { rel: 'stylesheet', href: chat },
  { rel: 'stylesheet', href: desk },
  { rel: 'stylesheet', href: panes },
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { env } = context.cloudflare;
  const { agent, claims, headers } = await requireAgent(request, env);
  const listed = await env.STORE.listConversations(claims, {
    scope: 'open',
    limit: RENDERED_CONVERSATIONS,
    reader: 'agent',
  });
  // Without Postgres the list comes from the lobby alone, a moment later.
  const conversations = listed.ok ? listed.conversations : [];
  headers.set('Cache-Control', 'private, no-store');
  return data({ agent, conversations, now: Date.now() }, { headers });
}

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) => [
  { title: deskTitle(loaded ? totalUnread(loaded.conversations, loaded.agent.id) : 0, null) },
  { name: 'robots', content: 'noindex' },
];

/** Of a page that came, or of why it didn't come (`Retry-After`). */
export const headers: HeadersFunction = ({ loaderHeaders, errorHeaders }) => errorHeaders ?? loaderHeaders;

/** The sockets keep the desk up to date; going from one conversation to another asks the server nothing. */
export const shouldRevalidate: ShouldRevalidateFunction = () => false;

export default function Desk() {
  const rendered = useLoaderData<typeof loader>();
  const live = useLiveQueue(rendered.conversations);
  const agent = useCurrentAgent(rendered.agent, live);
  const [openUnread, setOpenUnread] = useState<OpenUnread | null>(null);
  const conversations = useMemo(
    () => withOpenUnread(live.conversations, openUnread),
    [live.conversations, openUnread],
  );
  const queue = { ...live, conversations };
  const now = useClock(rendered.now);
  const { id } = useParams();
  const { pathname } = useLocation();
  const announcement = useArrivals(queue.conversations, queue.live);

  const open = queue.conversations.find((conversation) => conversation.id === id);
  const title = deskTitle(
    totalUnread(queue.conversations, agent.id),
    open ? visitorName(open.visitor) : null,
  );
  useEffect(() => {
    document.title = title;
  }, [title]);

  return (
    <LanguageProvider value={english}>
      <div className="desk" data-screen={pathname === DESK ? 'list' : 'conversation'}>
        <a className="skip-link" href="#conversation">
          Skip to the conversation
        </a>
        <Sidebar agent={agent} queue={queue} now={now} />
        <main id="conversation" className="desk__main" tabIndex={-1}>
          <Outlet context={{ agent, queue, now, onUnread: setOpenUnread } satisfies DeskContext} />
        </main>
        <p className="visually-hidden" role="status">
          {announcement}
        </p>
      </div>
    </LanguageProvider>
  );
}
