import { z } from 'zod';
import { settingsOf } from '../../workers/env.ts';
import { log } from '../../workers/log.ts';

/**
 * Cloudflare Turnstile before a new guest is made; off unless both its variables are set. Asked here and not by
 * Supabase Auth, whose own captcha covers every way of signing in, agents' passwords and refreshing servers included.
 */

/** `refused` is a definite no, or no token at all; `away`: nobody could tell, so nobody is let in unseen. */
export type Captcha = 'passed' | 'refused' | 'away';

const TIMEOUT_MS = 5_000;

const answerSchema = z.object({ success: z.boolean(), 'error-codes': z.array(z.string()).default([]) });

/** What is wrong with the token itself. Anything else (our secret, their failure) says nothing about the visitor. */
const ABOUT_THE_TOKEN = new Set(['missing-input-response', 'invalid-input-response', 'timeout-or-duplicate']);

/**
 * Whether this is a person, as far as Turnstile can tell. A token is good for one guest, within five minutes.
 *
 * @param token what the widget's script came up with; undefined where nobody has asked it yet
 */
export async function checkCaptcha(request: Request, env: Env, token: string | undefined): Promise<Captcha> {
  const { turnstile } = settingsOf(env);
  if (!turnstile) return 'passed';
  if (token === undefined) return 'refused';
  const address = request.headers.get('CF-Connecting-IP');
  let status: number | null = null;
  try {
    const response = await fetch(turnstile.verifyUrl, {
      method: 'POST',
      body: new URLSearchParams({
        secret: turnstile.secret,
        response: token,
        ...(address ? { remoteip: address } : {}),
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    const answer = answerSchema.parse(await response.json());
    if (answer.success) return 'passed';
    const codes = answer['error-codes'];
    if (codes.length > 0 && codes.every((code) => ABOUT_THE_TOKEN.has(code))) return 'refused';
  } catch {
    // Nobody there, too slow, or no answer that means anything.
  }
  log({ event: 'captcha_unavailable', status });
  return 'away';
}
