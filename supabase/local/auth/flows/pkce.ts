import { createHash, timingSafeEqual } from 'node:crypto';
import type { Challenge, FlowState } from '../data/flow-states.ts';
import { maybeText } from '../http/body.ts';
import { badRequest } from '../http/errors.ts';

/** What supabase-js adds to a body when its `flowType` is `pkce`; null otherwise. */
export const challengeFields = { code_challenge: maybeText, code_challenge_method: maybeText };

/** Throws 400 `validation_failed` for half a challenge, or one RFC 7636 does not know. */
export function readChallenge(params: {
  code_challenge?: string | undefined;
  code_challenge_method?: string | undefined;
}): Challenge | null {
  const { code_challenge: challenge = '', code_challenge_method: method = '' } = params;
  if (challenge === '' && method === '') return null;
  if (challenge === '' || method === '') {
    throw badRequest('validation_failed', 'PKCE flow requires code_challenge_method and code_challenge');
  }
  if (challenge.length < 43 || challenge.length > 128) {
    throw badRequest('validation_failed', 'code challenge has to be between 43 and 128 characters');
  }
  if (!/^[a-zA-Z._~0-9-]+$/.test(challenge)) {
    throw badRequest(
      'validation_failed',
      'code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes',
    );
  }
  const known = method.toLowerCase();
  if (known !== 's256' && known !== 'plain') {
    throw badRequest('validation_failed', `unsupported code_challenge method "${method}"`);
  }
  return { challenge, method: known };
}

/** Whether this verifier is the challenge's. */
export function verifierFits(flow: FlowState, verifier: string): boolean {
  const { code_challenge: challenge, code_challenge_method: method } = flow;
  if (!challenge) return false;
  const made = method === 's256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  const [a, b] = [Buffer.from(made), Buffer.from(challenge)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Whether it is too late for the code. A sign-in link may lie in its mailbox for a while, so its time runs from the
 * click; every other flow's from its beginning (GoTrue's FlowState.IsExpired).
 */
export function flowExpired(flow: FlowState, lifetime: number, now: Date): boolean {
  const fromClick = flow.authentication_method === 'magiclink' && flow.auth_code_issued_at;
  const from = fromClick || flow.created_at;
  return now.getTime() > from.getTime() + lifetime * 1000;
}
