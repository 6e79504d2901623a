import type { HeadersFunction, LinksFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { data } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import audit from '../desk/audit.css?url';
import { AuditScreen } from '../desk/audit-screen.tsx';
import team from '../desk/team.css?url';
import { requireAgent } from '../services/agent-session.server.ts';
import { auditPage } from '../services/audit.server.ts';

export { AdminError as ErrorBoundary } from '../desk/admin-error.tsx';

export const links: LinksFunction = () => [
  { rel: 'stylesheet', href: team },
  { rel: 'stylesheet', href: audit },
];

export const meta: MetaFunction = () => [
  { title: 'Audit log · WellChina Desk' },
  { name: 'robots', content: 'noindex' },
];

export const headers: HeadersFunction = ({ loaderHeaders, errorHeaders }) => errorHeaders ?? loaderHeaders;

/** Who did what, for administrators. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { env } = context.cloudflare;
  const session = await requireAgent(request, env);
  session.headers.set('Cache-Control', 'private, no-store');
  return data({ page: await auditPage(request, env, session) }, { headers: session.headers });
}

export default function Audit() {
  return <AuditScreen page={useLoaderData<typeof loader>().page} />;
}
