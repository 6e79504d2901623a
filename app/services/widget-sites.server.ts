import { z } from 'zod';
import { siteOrigin } from '../../workers/edge/site-origin.ts';
import { forgetWidgetOrigins } from '../../workers/edge/widget-sites.ts';
import { MAX_WIDGET_SITES, type WidgetSite } from '../../workers/store/widget-sites.ts';
import { type AgentSession, awayResponse } from './agent-session.server.ts';

/** What became of a form of the page of sites. `problem` is a sentence for whoever filled it in. */
export type SitesAnswer =
  | { ok: true; done: 'added' | 'removed'; origin: string }
  | { ok: false; status: number; problem: string; origin: string; label: string };

/** @throws Response 403 for somebody who is no administrator */
export function requireAdmin({ agent }: Pick<AgentSession, 'agent'>): void {
  if (agent.role !== 'admin') throw new Response('Only administrators see this page.', { status: 403 });
}

/** @throws Response 503 while Postgres is away */
export async function widgetSites(env: Env, session: AgentSession): Promise<WidgetSite[]> {
  requireAdmin(session);
  const listed = await env.STORE.widgetSites(session.claims);
  if (!listed.ok) throw awayResponse();
  return listed.sites;
}

const labelSchema = z.string().trim().max(80);
const AWAY = 'The list can’t be changed right now. Try again in a moment.';
const FORBIDDEN = 'Only administrators change this list.';

/** Lists a website. @param from the network it is asked from */
export async function addSite(
  env: Env,
  session: AgentSession,
  form: URLSearchParams,
  from: string | null,
): Promise<SitesAnswer> {
  requireAdmin(session);
  const typed = (form.get('origin') ?? '').slice(0, 500);
  const label = (form.get('label') ?? '').slice(0, 200);
  const refuse = (status: number, problem: string): SitesAnswer => ({
    ok: false,
    status,
    problem,
    origin: typed,
    label,
  });
  const site = siteOrigin(typed);
  if (!site.ok) return refuse(400, site.problem);
  const named = labelSchema.safeParse(label);
  if (!named.success || !label.isWellFormed() || label.includes('\0')) {
    return refuse(400, 'A name may have at most 80 characters.');
  }
  const asker = { id: session.agent.id, from };
  const added = await env.STORE.addWidgetSite(asker, { origin: site.origin, label: named.data });
  if (!added.ok) return refuse(503, AWAY);
  if (added.outcome === 'forbidden') return refuse(403, FORBIDDEN);
  if (added.outcome === 'known') return refuse(409, `${site.origin} is on the list already.`);
  if (added.outcome === 'full') return refuse(409, `The list is full: ${MAX_WIDGET_SITES} websites at most.`);
  forgetWidgetOrigins(env);
  return { ok: true, done: 'added', origin: site.origin };
}

/** Takes a website off the list. @param from the network it is asked from */
export async function removeSite(
  env: Env,
  session: AgentSession,
  form: URLSearchParams,
  from: string | null,
): Promise<SitesAnswer> {
  requireAdmin(session);
  const refuse = (status: number, problem: string): SitesAnswer => ({
    ok: false,
    status,
    problem,
    origin: '',
    label: '',
  });
  const id = z.uuid().safeParse(form.get('id'));
  if (!id.success) return refuse(400, 'There is no such website on the list.');
  const removed = await env.STORE.removeWidgetSite({ id: session.agent.id, from }, id.data);
  if (!removed.ok) return refuse(503, AWAY);
  if (removed.outcome === 'forbidden') return refuse(403, FORBIDDEN);
  forgetWidgetOrigins(env);
  return { ok: true, done: 'removed', origin: (form.get('origin') ?? '').slice(0, 255) };
}
