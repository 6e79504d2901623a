import { countAddress, countEmail } from '../../workers/edge/limits.ts';

/**
 * Counts an attempt to sign in, for the network it comes from and the address it is for: guessing one account's
 * password from everywhere is as slow as guessing everybody's from one place.
 *
 * @param email of the account; calls of the API have been counted for their network at the door already
 * @returns whether it is one too many
 */
export async function tooManyAttempts(request: Request, env: Env, email: string): Promise<boolean> {
  const atTheDoor = new URL(request.url).pathname.startsWith('/api/');
  const reached = await Promise.all([
    atTheDoor ? null : countAddress(env, 'loginsPerMinute', request),
    countEmail(env, email),
  ]);
  return reached.some((limit) => limit !== null);
}
