import type { Session } from '../protocol/http.ts';
import type { Api, Failure, Result } from './http.ts';
import type { Keep } from './keep.ts';

/** Who the visitor is. */
export interface Person {
  id: string;
  isAnonymous: boolean;
  /** What to call them in their own menu; null for guests. */
  name: string | null;
  /** By the host page's own session: signing in and out is the page's affair. */
  ofHost: boolean;
}

/** Who the visitor is to the server, and what proves it. */
export interface Identity {
  personId: string;
  bearer: string;
}

/** Asks the host page for its session's token: null when nobody is signed in there. Rejects when it doesn't say. */
export type AskHost = () => Promise<string | null>;

export interface VisitorSession {
  /** The identity there is, or one made now. Concurrent calls share one answer, so that one click is one guest. */
  ensure(): Promise<Result<Identity>>;
  /** The server turned `bearer` away: get another. */
  renew(refused: Identity): Promise<Result<Identity>>;
  /** Asks the server again who this is: an address may have been confirmed, or somebody signed in in another tab. */
  refresh(): Promise<Result<Identity>>;
  /** The server gave this session for a guest's upgrade or a sign-in. */
  adopt(session: Session): Identity;
  /** The host page has a session of its own (or no longer has): from now on that one is asked for. */
  setHostToken(ask: AskHost | null): void;
  /** Ends the session at the server. Only when that has worked is anything forgotten here. */
  signOut(): Promise<Failure | null>;
  /** Called with the person of every identity that comes in; before whoever waits for it goes on. */
  onPerson(listener: (person: Person) => void): void;
}

/** A token of the host page's is asked for again when it ends in less than this. */
const NEAR_EXPIRY_MS = 60_000;

type Held = Identity & { person: Person; expiresAt: number };

/**
 * @param keep where the refresh token lives for browsers that refuse the cookie
 * @param now local clock, milliseconds
 */
export function createSession(
  api: Pick<Api, 'session' | 'signOut'>,
  keep: Keep,
  now: () => number,
): VisitorSession {
  let held: Held | null = null;
  let asking: Promise<Result<Identity>> | null = null;
  let host: AskHost | null = null;
  let listener: (person: Person) => void = () => {};
  /** An answer to what was asked before somebody else came is nobody's any more. */
  let turn = 0;

  function hold(next: Held): Identity {
    held = next;
    listener(next.person);
    return next;
  }

  function take(session: Session): Held {
    const { user, accessToken, refreshToken } = session;
    if (refreshToken) keep.set('refresh', refreshToken);
    const { id, isAnonymous } = user;
    const name = isAnonymous ? null : (user.name ?? user.email ?? null);
    return {
      personId: id,
      bearer: accessToken,
      person: { id, isAnonymous, name, ofHost: false },
      // Its end is the server's to judge: by a wrong clock every call would ask for another.
      expiresAt: Number.POSITIVE_INFINITY,
    };
  }

  async function ask(): Promise<Result<Held>> {
    const token = host && (await host());
    // Nobody is signed in there: a visitor like any other.
    if (token) return ofHost(token);
    const answer = await api.session(keep.get('refresh'));
    if (answer.ok) return { ok: true, value: take(answer.value) };
    // A definite no: what we kept is worth nothing, and the next call starts anew. Anything else proves nothing.
    if (answer.kind === 'unauthorized') keep.set('refresh', null);
    return answer;
  }

  function shared(): Promise<Result<Identity>> {
    const mine = turn;
    asking ??= ask()
      .catch((): Failure => ({ ok: false, kind: 'network' }))
      .then((answer): Result<Identity> | Promise<Result<Identity>> => {
        if (mine !== turn) return ensure();
        asking = null;
        return answer.ok ? { ok: true, value: hold(answer.value) } : answer;
      });
    return asking;
  }

  async function ensure(): Promise<Result<Identity>> {
    if (held && held.expiresAt - now() < NEAR_EXPIRY_MS) held = null;
    return held ? { ok: true, value: held } : shared();
  }

  function forget(): void {
    turn += 1;
    held = null;
    asking = null;
  }

  return {
    ensure,
    async renew(refused) {
      if (held?.bearer === refused.bearer) held = null;
      return ensure();
    },
    refresh() {
      held = null;
      return shared();
    },
    adopt(session) {
      forget();
      return hold(take(session));
    },
    setHostToken(next) {
      host = next;
      forget();
    },
    async signOut() {
      const identity = await ensure();
      if (!identity.ok && identity.kind !== 'unauthorized') return identity;
      const answer = identity.ok ? await api.signOut(identity.value.bearer, keep.get('refresh')) : identity;
      if (!answer.ok && answer.kind !== 'unauthorized') return answer;
      keep.set('refresh', null);
      forget();
      return null;
    },
    onPerson(next) {
      listener = next;
    },
  };
}

/** @throws Error when it is no access token of Supabase's: the host page's slip */
function ofHost(token: string): Result<Held> {
  const claims = claimsOf(token);
  if (typeof claims.sub !== 'string') throw new Error('No access token.');
  const { sub: id, exp, email, is_anonymous: isAnonymous } = claims;
  return {
    ok: true,
    value: {
      personId: id,
      bearer: token,
      person: {
        id,
        isAnonymous: isAnonymous === true,
        name: typeof email === 'string' && email ? email : null,
        ofHost: true,
      },
      expiresAt: typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY,
    },
  };
}

/** What a token says, unverified: only to keep this person's texts apart from another's. */
function claimsOf(token: string): Record<string, unknown> {
  const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
  const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
}
