import type { Api, Failure, Result } from './http.ts';
import type { Keep } from './keep.ts';

/** Who the visitor is to the server, and what proves it. */
export interface Identity {
  personId: string;
  bearer: string;
}

export interface VisitorSession {
  /** The identity there is, or one made now. Concurrent calls share one answer, so that one click is one guest. */
  ensure(): Promise<Result<Identity>>;
  /** The server turned `bearer` away: get another. */
  renew(refused: Identity): Promise<Result<Identity>>;
  /** The host page has a session of its own (or no longer has): from now on that one is asked for. */
  setHostToken(ask: (() => Promise<string | null>) | null): void;
}

/**
 * @param keep where the refresh token lives for browsers that refuse the cookie
 * @param onKnown called when there is an identity
 */
export function createSession(api: Api, keep: Keep, onKnown: () => void): VisitorSession {
  let held: Identity | null = null;
  let asking: Promise<Result<Identity>> | null = null;
  let hostToken: (() => Promise<string | null>) | null = null;

  async function ask(): Promise<Result<Identity>> {
    if (hostToken) {
      const token = await hostToken();
      const personId = token && subjectOf(token);
      if (!token || !personId) return { ok: false, kind: 'unauthorized' };
      return { ok: true, value: { personId, bearer: token } };
    }
    const answer = await api.session(keep.get('refresh'));
    if (!answer.ok) {
      // A definite no: what we kept is worth nothing, and the next call starts anew. Anything else proves nothing.
      if (answer.kind === 'unauthorized') keep.set('refresh', null);
      return answer;
    }
    const { user, accessToken, refreshToken } = answer.value;
    if (refreshToken) keep.set('refresh', refreshToken);
    return { ok: true, value: { personId: user.id, bearer: accessToken } };
  }

  function shared(): Promise<Result<Identity>> {
    asking ??= ask()
      .catch((): Failure => ({ ok: false, kind: 'network' }))
      .then((answer) => {
        asking = null;
        if (answer.ok) {
          held = answer.value;
          onKnown();
        }
        return answer;
      });
    return asking;
  }

  return {
    ensure: async () => (held ? { ok: true, value: held } : shared()),
    renew(refused) {
      if (held?.bearer === refused.bearer) held = null;
      return held ? Promise.resolve({ ok: true, value: held }) : shared();
    },
    setHostToken(next) {
      hostToken = next;
      held = null;
    },
  };
}

/** Whose a token is, unverified: only to keep this person's texts apart from another's. */
function subjectOf(token: string): string | null {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { sub } = JSON.parse(atob(payload)) as { sub?: unknown };
    return typeof sub === 'string' ? sub : null;
  } catch {
    return null;
  }
}
