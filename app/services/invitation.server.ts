import type { EmailOtpType } from '@supabase/supabase-js';
import { z } from 'zod';
import { verifyAccessToken } from '../../workers/auth/access-token.ts';
import { networkOf } from '../../workers/auth/network.ts';
import type { Claims } from '../../workers/auth/person.ts';
import { lobbyOf } from '../../workers/objects.ts';
import { displayName } from '../../workers/rooms/names.ts';
import { tooManyAttempts } from './attempts.server.ts';
import type { NoAnswer } from './auth-client.server.ts';
import { authOf, type RequestAuth } from './supabase.server.ts';
import { tellLobby } from './team.server.ts';
import { closeSockets } from './visitor-session.server.ts';

export const PASSWORD_MIN = 8;
/** More than this many bytes Auth does not take. */
const PASSWORD_MAX_BYTES = 72;

/** What became of the page's form. `over`: the link or the invitation is no longer good. */
export type InvitationAnswer =
  | { ok: true; headers: Headers }
  | {
      ok: false;
      status: number;
      over: boolean;
      problems: { name?: string; password?: string; form?: string };
      headers: Headers;
    };

const LINK_TYPES = ['invite', 'magiclink', 'email', 'recovery', 'signup'] as const satisfies EmailOtpType[];

/** What a mail's link proves who somebody is with: the hash in its query, or the session in its fragment. */
const proofSchema = z.union([
  z.object({ token_hash: z.string().regex(/^[\w-]{1,200}$/u), type: z.enum(LINK_TYPES) }),
  z.object({ access_token: z.string().min(1).max(8_000), refresh_token: z.string().min(1).max(1_000) }),
]);

const AWAY = 'That isn’t possible right now. Nothing is lost; try again in a few seconds.';
const BUSY = 'Too many attempts. Wait a minute, then try again.';

/**
 * The invited person comes in: proves who they are by the mail's link, and gets the name and the password they chose
 * and their seat. The link is used up by the first try; a second one (another password, Postgres away) goes on with
 * the session of the first.
 */
export async function acceptInvitation(
  request: Request,
  env: Env,
  form: URLSearchParams,
): Promise<InvitationAnswer> {
  const name = displayName(form.get('name')?.slice(0, 1_000));
  const password = form.get('password') ?? '';
  const wrong = {
    ...(name === null ? { name: 'Enter your name, as visitors will see it.' } : {}),
    ...passwordProblem(password),
  };
  if (name === null || wrong.password !== undefined) return refusal(400, wrong);

  // Each try costs Auth a look at the link and a digest of the password.
  if (await tooManyAttempts(request, env, form.get('token_hash'))) return refusal(429, { form: BUSY });
  const session = authOf(request, env);
  const person = await invitedPerson(session, env, form);
  if (typeof person === 'string') {
    if (person === 'over') return { ...refusal(410, {}), over: true };
    return refusal(person === 'busy' ? 429 : 503, { form: person === 'busy' ? BUSY : AWAY });
  }

  const { error } = await session.auth.updateUser({ password });
  const silence = session.noAnswer();
  if (silence) return refusal(silence === 'busy' ? 429 : 503, { form: silence === 'busy' ? BUSY : AWAY });
  if (error?.code === 'weak_password') {
    return refusal(
      422,
      { password: 'That password is too easy to guess. Choose another.' },
      session.headers(),
    );
  }
  // The same again is what a second try after an outage brings.
  if (error && error.code !== 'same_password') {
    return refusal(422, { password: 'That password can’t be used. Choose another.' }, session.headers());
  }
  const from = networkOf(request);
  const accepted = await env.STORE.acceptInvitation({ id: person.id, from }, name);
  if (!accepted.ok) {
    return accepted.code === 'unavailable'
      ? refusal(503, { form: AWAY }, session.headers())
      : { ...refusal(410, {}), over: true };
  }
  // Whoever had talked here as a visitor is on the other side now: their open chats end as a visitor's.
  await closeSockets(env, person.claims);
  await tellLobby(() => lobbyOf(env).teamChanged({ id: person.id, role: person.role, name, from }));
  return { ok: true, headers: session.headers() };
}

function passwordProblem(password: string): { password?: string } {
  if ([...password].length < PASSWORD_MIN) return { password: `Use at least ${PASSWORD_MIN} characters.` };
  if (new TextEncoder().encode(password).length > PASSWORD_MAX_BYTES) {
    return { password: `That is too long: at most ${PASSWORD_MAX_BYTES} characters.` };
  }
  return {};
}

/** Whoever the link, or else the session of the first try, shows; only with an invitation that is open. */
async function invitedPerson(
  session: RequestAuth,
  env: Env,
  form: URLSearchParams,
): Promise<{ id: string; role: 'agent' | 'admin'; claims: Claims } | 'over' | NoAnswer> {
  const token = (await prove(session, form)) ?? (await session.session())?.access_token;
  const silence = session.noAnswer();
  if (silence) return silence;
  if (!token) return 'over';
  const verified = await verifyAccessToken(env, token);
  if (!verified.ok) return verified.reason === 'unavailable' ? 'away' : 'over';
  const found = await env.STORE.openInvitation(verified.claims.sub);
  if (!found.ok) return 'away';
  const { claims } = verified;
  return found.invitation ? { id: claims.sub, role: found.invitation.role, claims } : 'over';
}

async function prove({ auth }: RequestAuth, form: URLSearchParams): Promise<string | undefined> {
  const proof = proofSchema.safeParse(Object.fromEntries(form));
  if (!proof.success) return undefined;
  const { data } =
    'token_hash' in proof.data ? await auth.verifyOtp(proof.data) : await auth.setSession(proof.data);
  return data.session?.access_token;
}

/** @param headers the session's cookies, once it is certain that it is the invited person's */
function refusal(
  status: number,
  problems: { name?: string; password?: string; form?: string },
  headers = new Headers(),
): InvitationAnswer & { ok: false } {
  return { ok: false, status, over: false, problems, headers };
}
