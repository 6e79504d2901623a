import { data } from '@remix-run/cloudflare';
import { refusals, statusOf } from '../site/account/texts.ts';

/** What the account's forms answer when something didn't work: the sentence, and what was typed but for passwords. */
export function refusedForm<Kept extends object>(
  refusal: keyof typeof refusals,
  kept: Kept,
  options: { words?: string; headers?: Headers } = {},
) {
  const headers = options.headers ?? new Headers();
  headers.set('Cache-Control', 'private, no-store');
  if (refusal === 'busy') headers.set('Retry-After', '60');
  if (refusal === 'away') headers.set('Retry-After', '5');
  const problem = refusal === 'weak_password' && options.words ? options.words : refusals[refusal];
  return data({ ...kept, problem, refusal }, { status: statusOf(refusal), headers });
}
