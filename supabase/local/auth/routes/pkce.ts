import { z } from 'zod';
import { type AuthContext, type AuthServices, callerOf, timeOf } from '../context.ts';
import { deleteFlow, lockFlowByCode } from '../data/flow-states.ts';
import { openSession } from '../data/sessions.ts';
import { findUser } from '../data/users.ts';
import { flowExpired, verifierFits } from '../flows/pkce.ts';
import { readBody, text } from '../http/body.ts';
import { badRequest, forbidden, notFound, unprocessable } from '../http/errors.ts';
import { tokenResponse } from '../tokens.ts';

const Exchange = z.object({ auth_code: text, code_verifier: text });

/** POST /token?grant_type=pkce: the code out of the URL, and the verifier that never left the client. Once. */
export async function exchangeCode(services: AuthServices, c: AuthContext): Promise<Response> {
  const params = await readBody(c, Exchange);
  if (params.auth_code === '' || params.code_verifier === '') {
    throw badRequest(
      'validation_failed',
      'invalid request: both auth code and code verifier should be non-empty',
    );
  }
  const answer = await services.db.transaction(async (tx) => {
    const now = timeOf(services);
    const flow = await lockFlowByCode(tx, params.auth_code);
    const found = flow?.auth_code_issued_at && flow.user_id && (await findUser(tx, flow.user_id));
    if (!found) {
      throw notFound('flow_state_not_found', 'invalid flow state, no valid flow state found');
    }
    if (flowExpired(flow, services.settings.flowStateLifetime, now)) {
      throw unprocessable('flow_state_expired', 'invalid flow state, flow state has expired');
    }
    if (!verifierFits(flow, params.code_verifier)) {
      throw badRequest('bad_code_verifier', 'code challenge does not match previously saved code verifier');
    }
    if (found.banned_until && found.banned_until > now) throw forbidden('user_banned', 'User is banned');
    await deleteFlow(tx, flow.id);
    const opened = await openSession(tx, found.id, flow.authentication_method, callerOf(c), now);
    const tokens = await tokenResponse(services, tx, opened.user, opened.sessionId, opened.refreshToken);
    return flow.provider_access_token ? { ...tokens, provider_token: flow.provider_access_token } : tokens;
  });
  return c.json(answer);
}
