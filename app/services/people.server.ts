import type { User } from '@supabase/supabase-js';
import { verifyAccessToken } from '../../workers/auth/access-token.ts';
import type { Claims } from '../../workers/auth/person.ts';
import { errorName, log } from '../../workers/log.ts';
import { roomOf } from '../../workers/objects.ts';
import { authClient, type NoAnswer } from './auth-client.server.ts';
import { refusalOf } from './auth-problem.server.ts';
import { nameOf, refreshVisitor } from './visitor-session.server.ts';

/** Who somebody is to the rest of the product, once Auth has said so. */

/** Rooms told of a name: the newest of a person's conversations. Older ones learn it from the next credential. */
const ROOMS = 100;

/** Whether a token's session is live, asked of Auth now: a signed-out token still verifies until it ends. */
export type Live =
  | { is: 'live'; user: User; claims: Claims; accessToken: string }
  | { is: 'dead' }
  | { is: 'unknown'; because: NoAnswer };

/** Asks Auth whose token this is and whether its session still lives. */
export async function liveSession(env: Env, accessToken: string): Promise<Live> {
  const verified = await verifyAccessToken(env, accessToken);
  if (!verified.ok)
    return verified.reason === 'invalid' ? { is: 'dead' } : { is: 'unknown', because: 'away' };
  const { auth, noAnswer } = authClient(env, env.SUPABASE_ANON_KEY);
  const { data, error } = await auth.getUser(accessToken);
  if (data.user) return { is: 'live', user: data.user, claims: verified.claims, accessToken };
  const because = noAnswer();
  if (because) return { is: 'unknown', because };
  return refusalOf(error, null) === 'signed_out' ? { is: 'dead' } : { is: 'unknown', because: 'away' };
}

/** The session of a refresh token, which is used up by asking; its successor is the answer's. */
export async function sessionOfRefreshToken(env: Env, refreshToken: string): Promise<Live> {
  const refreshed = await refreshVisitor(env, refreshToken);
  if (refreshed.is !== 'live') return refreshed;
  const { access_token: accessToken, user } = refreshed.session;
  const verified = await verifyAccessToken(env, accessToken);
  if (!verified.ok) return { is: 'unknown', because: 'away' };
  return { is: 'live', user, claims: verified.claims, accessToken };
}

/** Whether an account is the support team's: those talk at the desk. Null: nobody can tell now. */
export async function isTeam(env: Env, claims: Claims): Promise<boolean | null> {
  const found = await env.STORE.currentAgent(claims);
  return found.ok ? found.agent !== null : null;
}

/**
 * Writes down who a registered person is, and tells the rooms of their conversations. Nothing depends on it having
 * worked: the next sign-in says it again, and a room learns it from the next credential.
 */
export async function rememberPerson(env: Env, user: User): Promise<void> {
  if (user.is_anonymous) return;
  const name = nameOf(user);
  if (name !== null && !user.user_metadata.full_name) {
    // Known from a provider alone: tokens and Postgres read the person's own data.
    const { auth } = authClient(env, env.SUPABASE_SERVICE_ROLE_KEY);
    await auth.admin.updateUserById(user.id, { user_metadata: { full_name: name } });
  }
  await env.STORE.rememberPerson(user.id, { email: user.email ?? null, fullName: name });
  const claims = { sub: user.id, isAnonymous: false };
  const listed = await env.STORE.listConversations(claims, { scope: 'all', limit: ROOMS, reader: 'visitor' });
  if (!listed.ok) return;
  await Promise.all(
    listed.conversations
      .filter(({ visitor }) => visitor.id === user.id)
      .map(({ id }) =>
        roomOf(env, id)
          .introduce({ id: user.id, name, isAnonymous: false })
          .catch((error: unknown) =>
            log({ event: 'room_call_failed', method: 'introduce', name: errorName(error) }),
          ),
      ),
  );
}

/** Ends a session that Auth has opened and that nobody gets. */
export async function endSession(env: Env, accessToken: string): Promise<void> {
  const { auth } = authClient(env, env.SUPABASE_SERVICE_ROLE_KEY);
  await auth.admin.signOut(accessToken, 'local');
}
