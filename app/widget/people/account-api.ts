import type {
  Session,
  SignInAnswer,
  SignInRequest,
  UpgradeAnswer,
  UpgradeRequest,
} from '../../protocol/http.ts';
import { isRecord } from '../../realtime/decode.ts';
import { ask } from '../http.ts';

/** Why it didn't work, as the form says it. */
export const ACCOUNT_ERRORS = [
  'email',
  'email_empty',
  'password_empty',
  'weak_password',
  'email_taken',
  'identity_taken',
  'wrong_credentials',
  'email_unconfirmed',
  'link_cancelled',
  'rate_limited',
  'unavailable',
  'network',
  'invalid',
] as const;
export type AccountError = (typeof ACCOUNT_ERRORS)[number];

export type AccountFailure =
  | { ok: false; code: AccountError; detail: string }
  /** The guest's own token was turned away: get another and try again. */
  | { ok: false; code: 'unauthorized'; detail: string };
export type AccountResult<Answer> = { ok: true; answer: Answer } | AccountFailure;

/** The calls of the account's screens. */
export interface AccountApi {
  upgrade(bearer: string, request: UpgradeRequest): Promise<AccountResult<UpgradeAnswer>>;
  /** @param bearer the guest's, whose conversations may come along; null where there is none */
  signIn(bearer: string | null, request: SignInRequest): Promise<AccountResult<SignInAnswer>>;
}

/** @param fetcher the browser's `fetch`, or a test's */
export function createAccountApi(fetcher: typeof fetch): AccountApi {
  async function call<Answer>(
    path: string,
    bearer: string | null,
    body: unknown,
  ): Promise<AccountResult<Answer>> {
    const asked = await ask(fetcher, 'POST', path, bearer, body);
    if (!asked) return { ok: false, code: 'network', detail: '' };
    const { response, answer } = asked;
    // Something between us and the Worker answered (a captive portal, a proxy's page).
    if (response.ok && !isAnswer(answer)) return { ok: false, code: 'unavailable', detail: '' };
    return response.ok ? { ok: true, answer: answer as Answer } : failure(response.status, answer);
  }
  return {
    upgrade: (bearer, request) => call('/api/session/upgrade', bearer, request),
    signIn: (bearer, request) => call('/api/session/sign-in', bearer, request),
  };
}

function failure(status: number, answer: unknown): AccountFailure {
  const problem = isRecord(answer) ? answer : {};
  const detail = typeof problem.detail === 'string' ? problem.detail : '';
  if (problem.code === 'unauthorized') return { ok: false, code: 'unauthorized', detail };
  const known = ACCOUNT_ERRORS.find((code) => code === problem.code);
  if (known) return { ok: false, code: known, detail };
  return { ok: false, code: status >= 500 || status === 408 ? 'unavailable' : 'invalid', detail };
}

function isAnswer(answer: unknown): boolean {
  if (!isRecord(answer)) return false;
  if (answer.status === 'continue') return typeof answer.url === 'string';
  return answer.status === 'confirmation_sent' || (answer.status === 'done' && isSession(answer.session));
}

function isSession(value: unknown): value is Session {
  return isRecord(value) && typeof value.accessToken === 'string' && isRecord(value.user);
}
