import type { Session } from '../../protocol/http.ts';
import type { Chat } from '../chat.ts';
import type { AccountApi, AccountError, AccountFailure, AccountResult } from './account-api.ts';
import { comeBack } from './google-popup.ts';

/** `save`: this guest gets an account. `sign-in`: there is one already. */
export type Mode = 'save' | 'sign-in';

/** How it came out, for the screen to say. */
export type Outcome =
  | { is: 'done'; session: Session; brought: number }
  | { is: 'confirm'; email: string }
  | { is: 'failed'; code: AccountError; detail: string };

type Way =
  | { method: 'password'; email: string; password: string }
  | { method: 'google'; code?: string; state?: string };

/** Makes an account of a guest, or signs in to one. */
export function createAccountFlow(chat: Pick<Chat, 'identify' | 'renew' | 'getSnapshot'>, api: AccountApi) {
  /** Asks with the guest's bearer, and once more with a new one where it has ended. */
  async function asGuest<Answer>(
    call: (bearer: string) => Promise<AccountResult<Answer>>,
  ): Promise<AccountResult<Answer>> {
    const held = await chat.identify();
    if (!held.ok) return { ok: false, code: held.kind === 'network' ? 'network' : 'unavailable', detail: '' };
    const answer = await call(held.value.bearer);
    if (answer.ok || answer.code !== 'unauthorized') return answer;
    const renewed = await chat.renew(held.value);
    return renewed.ok ? call(renewed.value.bearer) : { ok: false, code: 'unavailable', detail: '' };
  }

  function ask(mode: Mode, way: Way, bring: boolean) {
    if (mode === 'save') return asGuest((bearer) => api.upgrade(bearer, way));
    // Who is nobody yet needs no guest to sign in.
    const { person } = chat.getSnapshot();
    const request = { ...way, bring };
    return person ? asGuest((bearer) => api.signIn(bearer, request)) : api.signIn(null, request);
  }

  return {
    async withPassword(mode: Mode, email: string, password: string, bring: boolean): Promise<Outcome> {
      const asked = await ask(mode, { method: 'password', email, password }, bring);
      return outcome(asked);
    },

    /** Where the window has to go, or why it can't. */
    async toGoogle(mode: Mode): Promise<{ url: string; state?: string } | Outcome> {
      const asked = await ask(mode, { method: 'google' }, false);
      if (asked.ok && asked.answer.status === 'continue') {
        const { url, state } = asked.answer;
        return { url, ...(state === undefined ? {} : { state }) };
      }
      return outcome(asked);
    },

    /** Waits for the window, and hands in what it brought. */
    async fromGoogle(
      mode: Mode,
      popup: Window,
      state: string | undefined,
      bring: boolean,
      signal: AbortSignal,
    ): Promise<Outcome> {
      const back = await comeBack(popup, signal);
      if ('error' in back) {
        const code =
          back.error === 'identity_taken' || back.error === 'unavailable' ? back.error : 'link_cancelled';
        return { is: 'failed', code, detail: '' };
      }
      const way = { method: 'google' as const, code: back.code, ...(state === undefined ? {} : { state }) };
      return outcome(await ask(mode, way, bring));
    },
  };
}

export type AccountFlow = ReturnType<typeof createAccountFlow>;

type Answered = Awaited<ReturnType<AccountApi['upgrade'] | AccountApi['signIn']>>;

function outcome(asked: Answered): Outcome {
  if (!asked.ok) return failed(asked);
  const { answer } = asked;
  if (answer.status === 'done') {
    return { is: 'done', session: answer.session, brought: 'brought' in answer ? answer.brought : 0 };
  }
  if (answer.status === 'confirmation_sent') return { is: 'confirm', email: answer.email };
  return { is: 'failed', code: 'unavailable', detail: '' };
}

function failed({ code, detail }: AccountFailure): Outcome {
  return { is: 'failed', code: code === 'unauthorized' ? 'unavailable' : code, detail };
}
