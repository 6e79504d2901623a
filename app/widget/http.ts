import type { ConversationContext } from '../protocol/context.ts';
import type {
  ClaimAnswer,
  ConversationList,
  CreatedConversation,
  Problem,
  Session,
} from '../protocol/http.ts';
import { isRecord } from '../realtime/decode.ts';

/** Nobody waits longer for one answer. */
const TIMEOUT_MS = 15_000;

/** Why a call didn't work. Only `unauthorized` says anything about who the person is. */
export type Failure =
  /** Nobody answered. */
  | { ok: false; kind: 'network' }
  /** It can't be done now: 5xx, 408, 429. */
  | { ok: false; kind: 'unavailable'; retryAfterMs?: number }
  /** A definite no of Auth. */
  | { ok: false; kind: 'unauthorized' }
  /** It can't be done like this; the code and sentence are the problem's. */
  | { ok: false; kind: 'refused'; code: string; detail: string; siteKey?: string };
export type Result<Value> = { ok: true; value: Value } | Failure;

/** The calls a visitor's panel makes. */
export interface Api {
  /** @param captchaToken Turnstile's word that a new guest is a person */
  session(refreshToken: string | null, captchaToken?: string): Promise<Result<Session>>;
  /** @param before `next` of the page before this one */
  conversations(bearer: string, before?: string): Promise<Result<ConversationList>>;
  create(
    bearer: string,
    context: ConversationContext | null,
    first: { id: string; text: string },
  ): Promise<Result<CreatedConversation>>;
  /** @param refreshToken where the browser keeps no cookie: it ends the session where the bearer is over */
  signOut(bearer: string, refreshToken: string | null): Promise<Result<unknown>>;
  /** The guest's conversations move to whose bearer this is; both sessions must be live. */
  claim(bearer: string, guestRefreshToken: string | null): Promise<Result<ClaimAnswer>>;
}

/**
 * One call: the answer with its JSON, or null where nobody answered.
 *
 * @param body sent as JSON when there is one
 */
export async function ask(
  fetcher: typeof fetch,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  bearer: string | null,
  body?: unknown,
): Promise<{ response: Response; answer: unknown } | null> {
  try {
    const response = await fetcher(path, {
      method,
      credentials: 'include',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { response, answer: await response.json().catch(() => null) };
  } catch {
    return null;
  }
}

/** @param fetcher the browser's `fetch`, or a test's */
export function createApi(fetcher: typeof fetch): Api {
  async function call<Value>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    bearer: string | null,
    valid: (value: unknown) => boolean,
    body?: unknown,
  ): Promise<Result<Value>> {
    const asked = await ask(fetcher, method, path, bearer, body);
    if (!asked) return { ok: false, kind: 'network' };
    const { response, answer } = asked;
    if (response.ok) {
      // Something between us and the Worker answered (a captive portal, a proxy's page).
      return valid(answer) ? { ok: true, value: answer as Value } : { ok: false, kind: 'unavailable' };
    }
    return failure(response, answer);
  }

  return {
    session: (refreshToken, captchaToken) =>
      call('POST', '/api/session', null, isSession, {
        ...(refreshToken ? { refreshToken } : {}),
        ...(captchaToken ? { captchaToken } : {}),
      }),
    conversations: (bearer, before) =>
      call(
        'GET',
        `/api/conversations${before ? `?before=${encodeURIComponent(before)}` : ''}`,
        bearer,
        isList,
      ),
    create: (bearer, context, firstMessage) =>
      call('POST', '/api/conversations', bearer, isCreated, {
        ...(context ? { context } : {}),
        firstMessage,
      }),
    signOut: (bearer, refreshToken) =>
      call('DELETE', '/api/session', bearer, () => true, refreshToken ? { refreshToken } : undefined),
    claim: (bearer, guestRefreshToken) =>
      call('POST', '/api/session/claim', bearer, isClaim, guestRefreshToken ? { guestRefreshToken } : {}),
  };
}

function failure(response: Response, answer: unknown): Failure {
  const { status } = response;
  if (status === 401) return { ok: false, kind: 'unauthorized' };
  const problem: Partial<Problem> = isRecord(answer) ? answer : {};
  if (status >= 500 || status === 408 || status === 429) {
    const seconds = Number(response.headers.get('Retry-After'));
    const retryAfterMs = problem.retryAfterMs ?? (seconds > 0 ? seconds * 1000 : undefined);
    return { ok: false, kind: 'unavailable', ...(retryAfterMs ? { retryAfterMs } : {}) };
  }
  const { code = 'invalid', detail = '', siteKey } = problem;
  return { ok: false, kind: 'refused', code, detail, ...(siteKey ? { siteKey } : {}) };
}

const isSession = (value: unknown) =>
  isRecord(value) &&
  typeof value.accessToken === 'string' &&
  isRecord(value.user) &&
  typeof value.user.id === 'string';
const isClaim = (value: unknown) => isRecord(value) && typeof value.brought === 'number';
const isList = (value: unknown) => isRecord(value) && Array.isArray(value.conversations);
const isCreated = (value: unknown) =>
  isRecord(value) && isRecord(value.conversation) && typeof value.conversation.id === 'string';
