import { redirect } from '@remix-run/cloudflare';
import { verifyAccessToken } from '../../workers/auth/access-token.ts';
import { networkOf } from '../../workers/auth/network.ts';
import type { Claims } from '../../workers/auth/person.ts';
import { lobbyOf } from '../../workers/objects.ts';
import { safeNext } from '../desk/safe-next.ts';
import { CLOSE } from '../protocol/codes.ts';
import type { Agent } from '../protocol/model.ts';
import type { NoAnswer } from './auth-client.server.ts';
import { endInOrder } from './ending.server.ts';
import { authOf, withoutSession } from './supabase.server.ts';

/** Seconds after which it makes sense to ask again, when Auth or Postgres is away. */
export const RETRY_AFTER_SECONDS = 5;

/** The signed-in agent, as the desk shows them. */
export type CurrentAgent = Pick<Agent, 'id' | 'name' | 'avatarUrl' | 'role' | 'maxChats'>;

export interface AgentSession {
  agent: CurrentAgent;
  accessToken: string;
  claims: Claims;
  /** For the response: the refreshed session's cookies, where it was refreshed. */
  headers: Headers;
}

/** What became of a sign-in. `headers` set the session's cookies. */
export type SignIn =
  | { ok: true; headers: Headers }
  | { ok: false; code: 'wrong_credentials' | 'not_an_agent' | NoAnswer };

/**
 * Signs an agent in with email and password. Somebody who is no active agent gets no session.
 *
 * @param later keeps the Worker going for what nobody has to wait for: an answer that takes longer for an agent's
 * address than for another would tell whose address it is
 */
export async function signInAgent(
  request: Request,
  env: Env,
  credentials: { email: string; password: string },
  later: (work: Promise<unknown>) => void,
): Promise<SignIn> {
  const session = authOf(request, env);
  const from = networkOf(request);
  const { data } = await session.auth.signInWithPassword(credentials);
  const noAnswer = session.noAnswer();
  if (noAnswer) return { ok: false, code: noAnswer };
  if (!data.session) {
    later(env.STORE.noteSignIn({ email: credentials.email }, from));
    return { ok: false, code: 'wrong_credentials' };
  }
  const headers = session.headers();
  const found = await agentOf(env, data.session.access_token);
  if (found.is === 'agent') {
    await env.STORE.noteSignIn({ id: found.agent.id }, from);
    return { ok: true, headers };
  }
  if (found.is === 'somebody') later(env.STORE.noteSignIn({ email: credentials.email }, from));
  await session.auth.signOut({ scope: 'local' });
  return { ok: false, code: found.is === 'somebody' ? 'not_an_agent' : 'away' };
}

/** Ends this browser's session. The cookie goes even when Auth can't be told: the person asked for it. */
export async function signOutAgent(request: Request, env: Env): Promise<Headers> {
  const session = authOf(request, env);
  // Sockets live for a day: where the cookie's token is over, another says whose they are.
  const token = (await session.session())?.access_token ?? null;
  const verified = token === null ? null : await verifyAccessToken(env, token);
  await endInOrder(session.auth.signOut({ scope: 'local' }), async () => {
    if (verified?.ok) await lobbyOf(env).revokeAgent(verified.claims.sub, CLOSE.signedOut);
  });
  return withoutSession(request);
}

/**
 * The agent a page is for.
 *
 * @throws Response a redirect to `/agent/login` without a session, 403 for somebody who is no active agent, and
 * 503 while Auth or Postgres is away, which leaves the session as it is
 */
export async function requireAgent(request: Request, env: Env): Promise<AgentSession> {
  const found = await findAgent(request, env);
  switch (found.is) {
    case 'agent':
      return found;
    case 'somebody':
      throw new Response('This account is not an agent’s.', { status: 403, headers: found.headers });
    case 'nobody': {
      const { pathname, search } = new URL(request.url);
      throw redirect(`/agent/login?next=${encodeURIComponent(safeNext(pathname + search))}`, {
        headers: found.headers,
      });
    }
    case 'unknown':
      throw awayResponse();
    default:
      return found satisfies never;
  }
}

/** Whether the person at the login page is signed in already; nobody loses a session by asking. */
export async function isSignedInAgent(request: Request, env: Env): Promise<boolean> {
  return (await findAgent(request, env)).is === 'agent';
}

/**
 * Trades the cookie's refresh token for a new session, for a client whose socket was told to sign in again.
 *
 * @returns 204 with the new cookies, 401 where Auth said no, 503 where it said nothing
 */
export async function refreshAgent(request: Request, env: Env): Promise<Response> {
  const session = authOf(request, env);
  const renewed = await session.renew();
  if (session.noAnswer()) return awayResponse();
  if (renewed) return new Response(null, { status: 204, headers: session.headers() });
  return new Response(null, { status: 401, headers: withoutSession(request) });
}

type Found =
  | ({ is: 'agent' } & AgentSession)
  | { is: 'somebody'; headers: Headers }
  | { is: 'nobody'; headers: Headers }
  | { is: 'unknown' };

async function findAgent(request: Request, env: Env): Promise<Found> {
  const session = authOf(request, env);
  const token = (await session.session())?.access_token;
  if (token === undefined) {
    return session.noAnswer() ? { is: 'unknown' } : { is: 'nobody', headers: withoutSession(request) };
  }
  let found = await agentOf(env, token);
  if (found.is === 'invalid') {
    // Not expired, yet not this project's (any more): whether the session lives is for Auth to say.
    const renewed = await session.renew();
    if (session.noAnswer()) return { is: 'unknown' };
    if (!renewed) return { is: 'nobody', headers: withoutSession(request) };
    found = await agentOf(env, renewed.access_token);
  }
  switch (found.is) {
    case 'agent':
      return { ...found, headers: session.headers() };
    case 'somebody':
      return { is: 'somebody', headers: session.headers() };
    case 'invalid':
      return { is: 'nobody', headers: withoutSession(request) };
    case 'unknown':
      return found;
    default:
      return found satisfies never;
  }
}

async function agentOf(
  env: Env,
  accessToken: string,
): Promise<
  | { is: 'agent'; agent: CurrentAgent; accessToken: string; claims: Claims }
  | { is: 'somebody' }
  | { is: 'invalid' }
  | { is: 'unknown' }
> {
  const verified = await verifyAccessToken(env, accessToken);
  if (!verified.ok) return { is: verified.reason === 'invalid' ? 'invalid' : 'unknown' };
  const { claims } = verified;
  const found = await env.STORE.currentAgent(claims);
  // No account any more: the token has outlived it.
  if (!found.ok) return { is: found.code === 'gone' ? 'invalid' : 'unknown' };
  return found.agent ? { is: 'agent', agent: found.agent, accessToken, claims } : { is: 'somebody' };
}

export function awayResponse(): Response {
  return new Response('The service can’t be reached right now.', {
    status: 503,
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS), 'Cache-Control': 'no-store' },
  });
}
