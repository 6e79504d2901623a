import { bearerOf } from '../../workers/auth/identify.ts';
import { settingsOf } from '../../workers/env.ts';
import { api, personal, readBody, requireAllowedOrigin } from '../services/api.server.ts';
import { problem, unavailable } from '../services/problem.server.ts';
import {
  closeVisitorSession,
  endRequestSchema,
  openVisitorSession,
  sessionRequestSchema,
} from '../services/visitor-session.server.ts';

/** `POST` a visitor's session, resumed or new; `DELETE` signs out. */
export const action = api({
  async POST({ request, env }) {
    requireAllowedOrigin(request, env);
    const { refreshToken, captchaToken } = await readBody(request, sessionRequestSchema);
    const opened = await openVisitorSession(request, env, refreshToken, captchaToken);
    if (opened.ok) return personal(opened.session, { headers: opened.headers });
    if (opened.reason === 'away')
      return unavailable('We can’t start a chat right now. Please try again in a moment.');
    if (opened.reason === 'captcha') {
      const siteKey = settingsOf(env).turnstile?.siteKey;
      const detail = 'We couldn’t confirm that you’re a person. Please try again.';
      return problem(403, 'captcha_required', detail, siteKey ? { siteKey } : {});
    }
    return problem(
      429,
      'rate_limited',
      'Too many new visitors from your network. Please try again in a minute.',
      {
        retryAfterMs: 60_000,
      },
    );
  },
  async DELETE({ request, env }) {
    requireAllowedOrigin(request, env);
    const { refreshToken } = await readBody(request, endRequestSchema);
    const headers = await closeVisitorSession(request, env, bearerOf(request), refreshToken);
    return new Response(null, { status: 204, headers });
  },
});

export const loader = action;
