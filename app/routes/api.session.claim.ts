import { bearerOf } from '../../workers/auth/identify.ts';
import { type ClaimAnswer, claimRequestSchema } from '../protocol/http.ts';
import { api, personal, readBody, requireAllowedOrigin } from '../services/api.server.ts';
import { authProblem } from '../services/auth-problem.server.ts';
import { claim } from '../services/claim.server.ts';
import { problem } from '../services/problem.server.ts';

/** `POST`: the guest's conversations come into the account whose session the host page holds. */
export const action = api({
  async POST({ request, env }) {
    requireAllowedOrigin(request, env);
    const { guestRefreshToken, accountToken } = await readBody(request, claimRequestSchema);
    const account = accountToken ?? bearerOf(request);
    if (!account) return authProblem('signed_out');
    const claimed = await claim(request, env, account, guestRefreshToken);
    if (claimed.ok) {
      return personal({ brought: claimed.brought } satisfies ClaimAnswer, { headers: claimed.headers });
    }
    switch (claimed.refusal) {
      case 'guest_ended':
        return problem(403, 'forbidden', 'This guest’s session has ended.');
      case 'not_an_account':
        return problem(403, 'forbidden', 'Only a visitor’s account can take a guest’s conversations.');
      default:
        return authProblem(claimed.refusal);
    }
  },
});

export const loader = action;
