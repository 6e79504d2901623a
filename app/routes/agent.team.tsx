import type {
  ActionFunctionArgs,
  HeadersFunction,
  LinksFunction,
  LoaderFunctionArgs,
  MetaFunction,
} from '@remix-run/cloudflare';
import { data, redirect } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { z } from 'zod';
import team from '../desk/team.css?url';
import { TEAM_INTENTS } from '../desk/team-intents.ts';
import { TeamScreen } from '../desk/team-screen.tsx';
import { requireAgent } from '../services/agent-session.server.ts';
import { readForm } from '../services/body.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';
import { changeTeam, teamOf } from '../services/team.server.ts';

export { AdminError as ErrorBoundary } from '../desk/admin-error.tsx';

export const links: LinksFunction = () => [{ rel: 'stylesheet', href: team }];

export const meta: MetaFunction = () => [
  { title: 'Team · WellChina Desk' },
  { name: 'robots', content: 'noindex' },
];

export const headers: HeadersFunction = ({ loaderHeaders, actionHeaders, errorHeaders }) =>
  errorHeaders ?? (actionHeaders.has('Cache-Control') ? actionHeaders : loaderHeaders);

/** The team, for administrators. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { env } = context.cloudflare;
  const session = await requireAgent(request, env);
  session.headers.set('Cache-Control', 'private, no-store');
  return data({ members: await teamOf(request, env, session) }, { headers: session.headers });
}

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const { env } = context.cloudflare;
  const form = await readForm(request);
  const session = await requireAgent(request, env);
  session.headers.set('Cache-Control', 'private, no-store');
  const answer = await changeTeam(request, env, session, form);
  if (answer.ok) {
    const query = new URLSearchParams({ done: answer.done, who: answer.who });
    return redirect(`/agent/team?${query}`, { headers: session.headers });
  }
  if (answer.status === 503) session.headers.set('Retry-After', '5');
  return data(answer, { status: answer.status, headers: session.headers });
}

const doneSchema = z.object({ done: z.enum(TEAM_INTENTS), who: z.uuid() });

export default function Team() {
  const { members } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>() ?? null;
  const [query] = useSearchParams();
  const done = doneSchema.safeParse(Object.fromEntries(query));
  return <TeamScreen members={members} answer={answer} done={answer || !done.success ? null : done.data} />;
}
