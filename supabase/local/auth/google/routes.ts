import type { AuthContext, AuthServices } from '../context.ts';
import { normalEmail } from '../email.ts';
import { AuthError } from '../http/errors.ts';
import { escapeHtml } from '../mail/templates.ts';
import type { GoogleAccount } from './codes.ts';
import { CONSENT_POLICY, consentPage, examples, problemPage } from './page.ts';

/** GET: the consent page. Only our own callback may get the answer, as a registered client's at the real one. */
export function askConsent(services: AuthServices, c: AuthContext): Response {
  const redirectUri = c.req.query('redirect_uri') ?? '';
  const state = c.req.query('state') ?? '';
  if (redirectUri !== callbackUrl(services) || state === '') return deadEnd(c);
  return show(c, 200, consentPage({ redirectUri, state, email: c.req.query('login_hint') ?? '', name: '' }));
}

/** POST: the person's answer goes to the callback, as a code or as `access_denied`. */
export async function answerConsent(services: AuthServices, c: AuthContext): Promise<Response> {
  const form = await c.req.parseBody();
  const field = (name: string) => (typeof form[name] === 'string' ? form[name] : '');
  const redirectUri = field('redirect_uri');
  const state = field('state');
  if (redirectUri !== callbackUrl(services) || state === '') return deadEnd(c);
  const answer = (fields: Record<string, string>) =>
    c.redirect(`${redirectUri}?${new URLSearchParams({ ...fields, state })}`, 303);
  if (field('decision') !== 'allow') return answer({ error: 'access_denied' });
  const account = chosen(field);
  if (account) return answer({ code: services.google.allow(account) });
  const email = field('email');
  const problem = 'Please enter an email address, for instance somebody@gmail.test.';
  return show(c, 400, consentPage({ redirectUri, state, email, name: field('name'), problem }));
}

function chosen(field: (name: string) => string): GoogleAccount | null {
  const example = examples.find(({ email }) => email === field('account'));
  if (example) return { ...example, verified: true };
  try {
    const email = normalEmail(field('email').trim());
    const name = field('name').trim().slice(0, 100) || (email.split('@')[0] ?? email);
    return { email, name, verified: field('verified') === 'yes' };
  } catch (error) {
    if (error instanceof AuthError) return null;
    throw error;
  }
}

/** GET: a letter on a disc, so that there is a picture without anything from elsewhere. */
export function picture(c: AuthContext): Response {
  const letter = escapeHtml((c.req.param('letter') ?? '?').slice(0, 2).toUpperCase());
  c.header('content-type', 'image/svg+xml');
  c.header('content-security-policy', "default-src 'none'; style-src 'none'");
  c.header('x-content-type-options', 'nosniff');
  return c.body(
    `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><circle cx="48" cy="48" r="48" fill="#0b57d0"/><text x="48" y="64" font-family="sans-serif" font-size="48" text-anchor="middle" fill="#fff">${letter}</text></svg>`,
  );
}

export const callbackUrl = (services: AuthServices) => `${services.issuer()}/callback`;

function deadEnd(c: AuthContext): Response {
  return show(
    c,
    400,
    problemPage('Error 400: redirect_uri_mismatch. Only the Auth stand-in may ask for this.'),
  );
}

function show(c: AuthContext, status: 200 | 400, html: string): Response {
  c.header('content-security-policy', CONSENT_POLICY);
  c.header('cache-control', 'no-store');
  c.header('x-content-type-options', 'nosniff');
  return c.html(html, status);
}
