import { type SignInAnswer, signInRequestSchema } from '../protocol/http.ts';
import { api, personal, readBody, requireAllowedOrigin } from '../services/api.server.ts';
import { authProblem } from '../services/auth-problem.server.ts';
import { beginGoogle } from '../services/google.server.ts';
import { problem } from '../services/problem.server.ts';
import { signIn, signInWithGoogle } from '../services/sign-in.server.ts';

/** `POST`: signs in to an account, by password or by Google, and brings the guest along where that is asked for. */
export const action = api({
  async POST({ request, env }) {
    requireAllowedOrigin(request, env);
    const asked = await readBody(request, signInRequestSchema, 422);
    if (asked.method === 'google' && asked.code === undefined) {
      const begun = await beginGoogle(request, env, 'popup', {});
      if (!begun.ok) return authProblem(begun.refusal);
      const { url, state, headers } = begun;
      return personal({ status: 'continue', url, ...(state ? { state } : {}) } satisfies SignInAnswer, {
        headers,
      });
    }
    const { bring } = asked;
    const entered =
      asked.method === 'password'
        ? await signIn(request, env, asked, bring)
        : await signInWithGoogle(request, env, 'popup', {
            code: asked.code ?? '',
            state: asked.state,
            bring,
          });
    if (!entered.ok) {
      return entered.refusal === 'team'
        ? problem(403, 'forbidden', 'This account is the support team’s. Sign in at the desk with it.')
        : authProblem(entered.refusal);
    }
    const { session, brought, headers } = entered;
    return personal({ status: 'done', session, brought } satisfies SignInAnswer, { headers });
  },
});

export const loader = action;
