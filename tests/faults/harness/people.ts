import type { CredentialsProvider } from '../../../app/realtime/types.ts';
import { createApi } from '../../../app/widget/http.ts';
import type { Keep } from '../../../app/widget/keep.ts';
import { createSession } from '../../../app/widget/session.ts';

/** Somebody with an account, and how the product's own code proves it. */
export interface Person {
  id: string;
  role: 'visitor' | 'agent';
  /** What a tab's sockets are opened with. */
  credentials: CredentialsProvider;
  /** An access token that the Worker takes now; rejects while none can be had. */
  token(): Promise<string>;
}

/** A new guest, made and kept by the widget's own session code, in a browser that keeps no cookie. */
export async function arriveAsVisitor(siteUrl: () => string): Promise<Person> {
  const kept = new Map<string, string>();
  const keep: Keep = {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
  };
  const api = createApi((path, init) => fetch(`${siteUrl()}${path}`, init));
  const session = createSession(api, keep, Date.now);
  const first = await session.ensure();
  if (!first.ok) throw new Error(`no guest could be made: ${first.kind}`);
  const { personId } = first.value;
  let given = first.value;

  // As the widget does it in `chat.ts`: a new guest in place of the old one is a no.
  const credentials: CredentialsProvider = async (reason) => {
    const answer = await (reason === 'refused' ? session.renew(given) : session.ensure());
    if (answer.ok) {
      given = answer.value;
      return given.personId === personId ? { bearer: given.bearer } : null;
    }
    if (answer.kind === 'unauthorized') return null;
    throw new Error(answer.kind);
  };
  return {
    id: personId,
    role: 'visitor',
    credentials,
    async token() {
      if (isFresh(given.bearer)) return given.bearer;
      const answer = await credentials('refused');
      if (!answer?.bearer) throw new Error('the visitor was signed out');
      return answer.bearer;
    },
  };
}

/** An agent who signs in at Auth itself, as any program may, and refreshes there. */
export async function arriveAsAgent(
  auth: { supabaseUrl: string; anonKey: string },
  email: string,
  password: string,
): Promise<Person> {
  const ask = async (grant: string, body: object) => {
    const response = await fetch(`${auth.supabaseUrl}/auth/v1/token?grant_type=${grant}`, {
      method: 'POST',
      headers: { apikey: auth.anonKey, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`Auth answered ${response.status}`);
    const answer = (await response.json()) as {
      access_token: string;
      refresh_token: string;
      user: { id: string };
    };
    return { bearer: answer.access_token, refresh: answer.refresh_token, id: answer.user.id };
  };
  let held = await ask('password', { email, password });
  let asking: Promise<typeof held> | null = null;
  const renew = async () => {
    asking ??= ask('refresh_token', { refresh_token: held.refresh }).finally(() => {
      asking = null;
    });
    held = await asking;
    return held.bearer;
  };
  const token = async () => (isFresh(held.bearer) ? held.bearer : renew());
  return {
    id: held.id,
    role: 'agent',
    token,
    credentials: async (reason) => ({ bearer: reason === 'refused' ? await renew() : held.bearer }),
  };
}

/** Whether a token is good for another second or two. The harness's clock is right; only the tabs' are wrong. */
function isFresh(token: string): boolean {
  const payload = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as {
    exp: number;
  };
  return payload.exp * 1000 - Date.now() > 1_500;
}
