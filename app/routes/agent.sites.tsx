import type {
  ActionFunctionArgs,
  HeadersFunction,
  LinksFunction,
  LoaderFunctionArgs,
  MetaFunction,
} from '@remix-run/cloudflare';
import { data } from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { networkOf } from '../../workers/auth/network.ts';
import sites from '../desk/sites.css?url';
import { SitesScreen } from '../desk/sites-screen.tsx';
import { requireAgent } from '../services/agent-session.server.ts';
import { readForm } from '../services/body.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';
import { addSite, removeSite, widgetSites } from '../services/widget-sites.server.ts';

export { AdminError as ErrorBoundary } from '../desk/admin-error.tsx';

export const links: LinksFunction = () => [{ rel: 'stylesheet', href: sites }];

export const meta: MetaFunction = () => [
  { title: 'Websites · WellChina Desk' },
  { name: 'robots', content: 'noindex' },
];

export const headers: HeadersFunction = ({ loaderHeaders, actionHeaders, errorHeaders }) =>
  errorHeaders ?? (actionHeaders.has('Cache-Control') ? actionHeaders : loaderHeaders);

/** The websites that may carry the chat; for administrators. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { env } = context.cloudflare;
  const session = await requireAgent(request, env);
  session.headers.set('Cache-Control', 'private, no-store');
  return data(
    { sites: await widgetSites(env, session), origin: new URL(request.url).origin },
    { headers: session.headers },
  );
}

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const { env } = context.cloudflare;
  const form = await readForm(request);
  const session = await requireAgent(request, env);
  session.headers.set('Cache-Control', 'private, no-store');
  const answer = await (form.get('intent') === 'remove' ? removeSite : addSite)(
    env,
    session,
    form,
    networkOf(request),
  );
  if (!answer.ok && answer.status === 503) session.headers.set('Retry-After', '5');
  return data(answer, { status: answer.ok ? 200 : answer.status, headers: session.headers });
}

export default function Sites() {
  const { sites: listed, origin } = useLoaderData<typeof loader>();
  return <SitesScreen sites={listed} origin={origin} answer={useActionData<typeof action>() ?? null} />;
}
