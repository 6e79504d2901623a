import { Hono } from 'hono';
import type { AuthContext, AuthEnv, AuthServices } from './context.ts';
import { CONSENT_PATH, PICTURE_PATH } from './google/paths.ts';
import { answerConsent, askConsent, picture } from './google/routes.ts';
import { API_VERSION, AuthError, errorBody, UNEXPECTED, unexpected } from './http/errors.ts';
import { openToBrowsers, requireApiKey } from './http/gateway.ts';
import { health, jwks, publicSettings } from './routes/about.ts';
import { listUsers } from './routes/admin-list.ts';
import { changeUser, createUser, deleteUser, readUser } from './routes/admin-users.ts';
import { authorize, authorizeLinking } from './routes/authorize.ts';
import { callback } from './routes/callback.ts';
import { generateLink } from './routes/generate-link.ts';
import { unlink } from './routes/identities.ts';
import { invite } from './routes/invite.ts';
import { logout } from './routes/logout.ts';
import { reauthenticate, recover, resend } from './routes/mails.ts';
import { sendOtp } from './routes/otp.ts';
import { signUp } from './routes/signup.ts';
import { token } from './routes/token.ts';
import { getUser, putUser } from './routes/user.ts';
import { verifyCode, verifyLink } from './routes/verify.ts';

/** GoTrue gives a request ten seconds; a database that hangs must not hang the caller. */
const REQUEST_SECONDS = 10;

/** The routes of `/auth/v1`, in front of them what a hosted project's gateway does. */
export function authApp(services: AuthServices): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>();
  app.use(openToBrowsers);
  app.use(requireApiKey(services.keys));
  app.onError((error, c) => refuse(services, error, c));

  const auth = new Hono<AuthEnv>();
  const on = (handler: (services: AuthServices, c: AuthContext) => Promise<Response> | Response) => {
    return (c: AuthContext) => inTime(Promise.resolve(handler(services, c)));
  };
  auth.get('/health', (c) => health(c));
  auth.get('/settings', on(publicSettings));
  auth.get('/.well-known/jwks.json', on(jwks));
  auth.post('/signup', on(signUp));
  auth.post('/token', on(token));
  auth.post('/logout', on(logout));
  auth.get('/user', on(getUser));
  auth.put('/user', on(putUser));
  auth.get('/admin/users', on(listUsers));
  auth.post('/admin/users', on(createUser));
  auth.get('/admin/users/:id', on(readUser));
  auth.put('/admin/users/:id', on(changeUser));
  auth.delete('/admin/users/:id', on(deleteUser));
  auth.get('/verify', on(verifyLink));
  auth.post('/verify', on(verifyCode));
  auth.post('/otp', on(sendOtp));
  auth.post('/recover', on(recover));
  auth.post('/resend', on(resend));
  auth.get('/reauthenticate', on(reauthenticate));
  auth.get('/authorize', on(authorize));
  auth.get('/callback', on(callback));
  auth.get('/user/identities/authorize', on(authorizeLinking));
  auth.delete('/user/identities/:id', on(unlink));
  auth.post('/invite', on(invite));
  auth.post('/admin/generate_link', on(generateLink));
  app.route('/auth/v1', auth);
  app.get(CONSENT_PATH, on(askConsent));
  app.post(CONSENT_PATH, on(answerConsent));
  app.get(`${PICTURE_PATH}:letter`, picture);
  return app;
}

async function inTime(work: Promise<Response>): Promise<Response> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = 'Processing this request timed out, please retry after a moment.';
      reject(new AuthError(504, 'request_timeout', message));
    }, REQUEST_SECONDS * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function refuse(services: AuthServices, error: Error, c: AuthContext): Response {
  const answer = error instanceof AuthError ? error : unexpected(UNEXPECTED);
  if (answer !== error) {
    // The code and our own route only: a database error carries what people typed.
    const code = (error as { code?: unknown }).code ?? error.name;
    services.log(`auth: ${c.req.method} ${c.req.path} failed: ${String(code)}`);
  }
  const dated = (c.req.header('x-supabase-api-version') ?? '') >= API_VERSION;
  if (dated) c.header('x-supabase-api-version', API_VERSION);
  c.header('x-sb-error-code', answer.code);
  return c.json(errorBody(answer, dated), answer.status);
}
