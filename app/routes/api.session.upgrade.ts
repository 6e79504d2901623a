import { bearerOf } from '../../workers/auth/identify.ts';
import { upgradeRequestSchema } from '../protocol/http.ts';
import { api, personal, readBody, requireAllowedOrigin } from '../services/api.server.ts';
import { authProblem } from '../services/auth-problem.server.ts';
import { upgrade } from '../services/upgrade.server.ts';

/** `POST`: the guest of the bearer gets an account, by email and password or by Google; the user id stays. */
export const action = api({
  async POST({ request, env }) {
    requireAllowedOrigin(request, env);
    const bearer = bearerOf(request);
    if (bearer === null) return authProblem('signed_out');
    const upgraded = await upgrade(request, env, bearer, await readBody(request, upgradeRequestSchema, 422));
    if (!upgraded.ok) return authProblem(upgraded.refusal, upgraded.words);
    return personal(upgraded.answer, { headers: upgraded.headers });
  },
});

export const loader = action;
