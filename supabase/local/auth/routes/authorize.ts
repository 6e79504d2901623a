import { requireUser } from '../authenticate.ts';
import { type AuthContext, type AuthServices, timeOf } from '../context.ts';
import { insertFlow } from '../data/flow-states.ts';
import { readChallenge } from '../flows/pkce.ts';
import { CONSENT_PATH } from '../google/paths.ts';
import { callbackUrl } from '../google/routes.ts';
import { badRequest, notFound } from '../http/errors.ts';
import { redirectTarget } from '../redirect/target.ts';

/** What is ours in the query; everything else goes on to the provider (`prompt`, `login_hint` …). */
const OURS = new Set([
  'provider',
  'scopes',
  'redirect_to',
  'code_challenge',
  'code_challenge_method',
  'skip_http_redirect',
  'apikey',
]);

/** GET /authorize: off to the provider. */
export async function authorize(services: AuthServices, c: AuthContext): Promise<Response> {
  return c.redirect(await providerUrl(services, c, null), 302);
}

/** GET /user/identities/authorize: the same, and what comes back becomes an identity of whoever asks now. */
export async function authorizeLinking(services: AuthServices, c: AuthContext): Promise<Response> {
  requireManualLinking(services);
  const { user } = await requireUser(services, c);
  const url = await providerUrl(services, c, user.id);
  return c.req.query('skip_http_redirect') === 'true' ? c.json({ url }) : c.redirect(url, 302);
}

/** Throws 404 `manual_linking_disabled`. */
export function requireManualLinking({ settings }: AuthServices): void {
  if (!settings.manualLinking) throw notFound('manual_linking_disabled', 'Manual linking is disabled');
}

async function providerUrl(
  services: AuthServices,
  c: AuthContext,
  linkingTargetId: string | null,
): Promise<string> {
  const query = c.req.query();
  const provider = (query.provider ?? '').toLowerCase();
  if (provider !== 'google') {
    throw badRequest(
      'validation_failed',
      `Unsupported provider: Provider ${query.provider ?? ''} could not be found`,
    );
  }
  if (!services.settings.google) {
    throw badRequest('validation_failed', 'Unsupported provider: provider is not enabled');
  }
  const challenge = readChallenge(query);
  const referrer = redirectTarget(services, c);
  const flow = await services.db.run((sql) =>
    insertFlow(
      sql,
      { provider, method: 'oauth', challenge, referrer, ...(linkingTargetId ? { linkingTargetId } : {}) },
      timeOf(services),
    ),
  );
  const url = new URL(CONSENT_PATH, services.issuer());
  for (const [name, value] of Object.entries(query)) if (!OURS.has(name)) url.searchParams.set(name, value);
  url.searchParams.set('client_id', 'make-believe');
  url.searchParams.set('redirect_uri', callbackUrl(services));
  url.searchParams.set('response_type', 'code');
  url.searchParams.set(
    'scope',
    ['email', 'profile', ...(query.scopes ?? '').split(/[ ,]+/)].join(' ').trim(),
  );
  // The last word: a caller's own `state` must not replace ours.
  url.searchParams.set('state', flow.id);
  return url.href;
}
