import type { AuthContext, AuthServices } from '../context.ts';

/** GET /health: the process answers. (Like GoTrue's, it says nothing of the database.) */
export function health(c: AuthContext): Response {
  return c.json({
    version: 'local',
    name: 'GoTrue',
    description: 'A stand-in for Supabase Auth, for development and tests only',
  });
}

/** GET /settings: what a sign-in form may offer. */
export function publicSettings({ settings }: AuthServices, c: AuthContext): Response {
  return c.json({
    external: {
      anonymous_users: settings.anonymousSignIns,
      email: true,
      phone: false,
      google: settings.google,
    },
    disable_signup: !settings.signups,
    mailer_autoconfirm: settings.autoconfirm,
    phone_autoconfirm: false,
    sms_provider: '',
    saml_enabled: false,
  });
}

/** GET /.well-known/jwks.json: the key that verifies access tokens. Open to everybody, as on a hosted project. */
export function jwks({ keys }: AuthServices, c: AuthContext): Response {
  c.header('cache-control', 'public, max-age=600');
  return c.json({ keys: [keys.publicJwk] });
}
