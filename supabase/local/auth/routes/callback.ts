import { UUID } from '../authenticate.ts';
import { type AuthContext, type AuthServices, callerOf, timeOf } from '../context.ts';
import type { Sql } from '../data/database.ts';
import { deleteFlow, type FlowState, issueCode, lockFlow } from '../data/flow-states.ts';
import { openSession } from '../data/sessions.ts';
import type { UserRow } from '../data/users.ts';
import { linkIdentity, signInByIdentity } from '../flows/external.ts';
import { flowExpired } from '../flows/pkce.ts';
import { googleClaims } from '../google/claims.ts';
import { AuthError, badRequest, UNEXPECTED, unexpected } from '../http/errors.ts';
import { describeError, type RedirectError, withCode, withError, withTokens } from '../redirect/locations.ts';
import { tokenResponse } from '../tokens.ts';

/** The provider said no: its word goes on to the client as it is. */
class Refused extends Error {
  readonly answer: RedirectError;

  constructor(error: string, description: string) {
    super(error);
    this.answer = { error, code: '', description };
  }
}

/**
 * GET /callback: back from the provider. The state says who began this and where they want to go; with a state that
 * isn't ours everything ends at the site. A state is good once.
 */
export async function callback(services: AuthServices, c: AuthContext): Promise<Response> {
  c.header('cache-control', 'no-store');
  let target = services.settings.siteUrl;
  let known = false;
  try {
    const location = await services.db.transaction(async (tx) => {
      const flow = await loadFlow(services, tx, c.req.query('state') ?? '', timeOf(services));
      known = true;
      target = flow.referrer ?? target;
      return finish(services, tx, c, flow, target);
    });
    return c.redirect(location, 302);
  } catch (error) {
    const answer = explain(services, error);
    return c.redirect(withError(target, answer, true), known ? 302 : 303);
  }
}

/** Throws 400 `bad_oauth_callback`, `bad_oauth_state`, `flow_state_already_used`. */
async function loadFlow(services: AuthServices, tx: Sql, state: string, now: Date): Promise<FlowState> {
  if (state === '') throw badRequest('bad_oauth_callback', 'OAuth state parameter missing');
  if (!UUID.test(state)) throw badRequest('bad_oauth_state', 'OAuth state parameter is invalid');
  const flow = await lockFlow(tx, state);
  if (
    flow?.authentication_method !== 'oauth' ||
    flowExpired(flow, services.settings.flowStateLifetime, now)
  ) {
    throw badRequest('bad_oauth_state', 'OAuth state not found or expired');
  }
  if (flow.auth_code_issued_at) throw badRequest('flow_state_already_used', 'State has already been used');
  return flow;
}

async function finish(
  services: AuthServices,
  tx: Sql,
  c: AuthContext,
  flow: FlowState,
  target: string,
): Promise<string> {
  const refusal = c.req.query('error');
  if (refusal) throw new Refused(refusal, c.req.query('error_description') ?? '');
  const code = c.req.query('code') ?? '';
  if (code === '') {
    throw badRequest('bad_oauth_callback', 'OAuth callback with missing authorization code missing');
  }
  const account = services.google.redeem(code);
  if (!account) throw unexpected('Unable to exchange external code');
  const now = timeOf(services);
  const claims = googleClaims(account, new URL(services.issuer()).origin);
  const user = flow.linking_target_id
    ? await linkIdentity(services, tx, flow.linking_target_id, claims, flow.referrer ?? target, now)
    : await signInByIdentity(services, tx, claims, flow.referrer ?? target, now);
  // What a program would need to ask Google something: here it opens nothing.
  const providerToken = `ya29.make-believe-${crypto.randomUUID()}`;
  if (flow.auth_code) {
    await issueCode(tx, flow.id, user.id, providerToken, now);
    return withCode(target, flow.auth_code);
  }
  await deleteFlow(tx, flow.id);
  return withTokens(target, await session(services, tx, c, user, now), { provider_token: providerToken });
}

async function session(services: AuthServices, tx: Sql, c: AuthContext, user: UserRow, now: Date) {
  const opened = await openSession(tx, user.id, 'oauth', callerOf(c), now);
  return tokenResponse(services, tx, opened.user, opened.sessionId, opened.refreshToken);
}

function explain(services: AuthServices, error: unknown): RedirectError {
  if (error instanceof Refused) return error.answer;
  if (error instanceof AuthError) return describeError(error);
  services.log(`auth: the callback failed: ${String((error as { code?: unknown }).code ?? 'unknown')}`);
  return describeError(unexpected(UNEXPECTED));
}
