import { countAddress, countEmail } from '../../workers/edge/limits.ts';

/**
 * Counts an attempt to sign in, for the network it comes from and the address it is for: guessing one account's
 * password from everywhere is as slow as guessing everybody's from one place.
 *
 * Calls of the API have been counted for their network at the door already.
 *
 * @param target the account's address, or the link that is to prove who somebody is; null where nobody says
 * @returns whether it is one too many
 */
export async function tooManyAttempts(request: Request, env: Env, target: string | null): Promise<boolean> {
  const atTheDoor = new URL(request.url).pathname.startsWith('/api/');
  const reached = await Promise.all([
    atTheDoor ? null : countAddress(env, 'loginsPerMinute', request),
    target === null ? null : countEmail(env, target),
  ]);
  return reached.some((limit) => limit !== null);
}
