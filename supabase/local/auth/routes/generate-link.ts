import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { requireAdmin } from '../authenticate.ts';
import { type AuthContext, type AuthServices, timeOf } from '../context.ts';
import type { Sql } from '../data/database.ts';
import { userJson } from '../data/user-json.ts';
import {
  emailOwner,
  findUserByEmail,
  identitiesOf,
  lockUser,
  type Metadata,
  mergeMetadata,
  type UserChange,
  type UserRow,
  updateUser,
} from '../data/users.ts';
import { normalEmail } from '../email.ts';
import { createAccount, emailExists } from '../flows/accounts.ts';
import { maybeObject, readBody, text } from '../http/body.ts';
import { badRequest, notFound } from '../http/errors.ts';
import { issue, type Letter, type LinkType } from '../mail/post.ts';
import { checkStrength, hashPassword } from '../password.ts';
import { isRedirectAllowed } from '../redirect/allow-list.ts';
import { redirectTarget } from '../redirect/target.ts';

const GenerateLink = z.object({
  type: text,
  email: text,
  new_email: text,
  password: text,
  data: maybeObject,
  redirect_to: text,
});

type Params = z.output<typeof GenerateLink>;
const TYPES = [
  'signup',
  'invite',
  'magiclink',
  'recovery',
  'email_change_current',
  'email_change_new',
] as const;
type Type = (typeof TYPES)[number];

/** POST /admin/generate_link: the link of a mail without the mail, for whoever sends their own. */
export async function generateLink(services: AuthServices, c: AuthContext): Promise<Response> {
  await requireAdmin(services, c);
  const params = await readBody(c, GenerateLink);
  const email = normalEmail(params.email);
  const redirectTo = isRedirectAllowed(services.settings, params.redirect_to)
    ? params.redirect_to
    : redirectTarget(services, c);
  const { type, known, passwordHash } = await prepare(services, params, email);
  const now = timeOf(services);
  const answer = await services.db.transaction(async (tx) => {
    const user = known
      ? ((await lockUser(tx, known.id)) ?? known)
      : await newcomer(services, tx, params, { type, email, passwordHash }, now);
    const letter = await addressed(services, tx, user, type, params, redirectTo);
    const issued = await issue(services, tx, letter, now);
    const changed = await updateUser(tx, user.id, note(type, letter, user, params, now), now);
    return {
      ...userJson(changed, await identitiesOf(tx, changed.id)),
      action_link: issued.link,
      email_otp: issued.code,
      hashed_token: issued.hash,
      verification_type: type,
      redirect_to: redirectTo,
    };
  });
  return c.json(answer);
}

/** Who it is for. A sign-in link for nobody is a sign-up (as GoTrue). */
async function prepare(
  services: AuthServices,
  params: Params,
  email: string,
): Promise<{ type: Type; known: UserRow | null; passwordHash: string }> {
  const asked = TYPES.find((one) => one === params.type);
  if (!asked) {
    throw badRequest('validation_failed', `Invalid email action link type requested: ${params.type}`);
  }
  const known = await services.db.run((sql) => findUserByEmail(sql, email));
  const type = !known && asked === 'magiclink' ? 'signup' : asked;
  if (!known && type !== 'signup' && type !== 'invite') {
    throw notFound('user_not_found', 'User with this email not found');
  }
  if ((type === 'signup' || type === 'invite') && known?.email_confirmed_at) throw emailExists();
  if (known || type === 'invite') return { type, known, passwordHash: '' };
  const password = asked === 'magiclink' ? randomBytes(32).toString('base64url') : params.password;
  if (password === '') throw badRequest('validation_failed', 'Signup requires a valid password');
  checkStrength(password, services.settings);
  return { type, known, passwordHash: await hashPassword(password, services.settings) };
}

async function newcomer(
  services: AuthServices,
  tx: Sql,
  params: Params,
  { type, email, passwordHash }: { type: Type; email: string; passwordHash: string },
  now: Date,
): Promise<UserRow> {
  if (await emailOwner(tx, email)) throw emailExists();
  const data = (params.data ?? {}) as Metadata;
  return createAccount(services, tx, { email, passwordHash, data, invited: type === 'invite' }, now);
}

async function addressed(
  { settings }: AuthServices,
  tx: Sql,
  user: UserRow,
  type: Type,
  params: Params,
  redirectTo: string,
): Promise<Letter> {
  const base = { userId: user.id, to: user.email ?? '', redirectTo, pkce: false };
  if (type === 'signup' || type === 'invite') {
    return { ...base, kind: 'confirmation', tokenType: 'confirmation_token', linkType: type };
  }
  if (type === 'magiclink' || type === 'recovery') {
    return { ...base, kind: 'recovery', tokenType: 'recovery_token', linkType: type };
  }
  if (type === 'email_change_current' && !settings.doubleConfirmChanges) {
    throw badRequest('validation_failed', 'Enable secure email change to generate link for current email');
  }
  const newAddress = normalEmail(params.new_email);
  if (await emailOwner(tx, newAddress, user.id)) throw emailExists();
  const change = { ...base, kind: 'email_change', linkType: 'email_change' as LinkType, newAddress } as const;
  return type === 'email_change_new'
    ? { ...change, to: newAddress, tokenType: 'email_change_token_new' }
    : { ...change, tokenType: 'email_change_token_current' };
}

/** What the user's row remembers of it. */
function note(type: Type, letter: Letter, user: UserRow, params: Params, now: Date): UserChange {
  if (type === 'invite') return { invited_at: now, confirmation_sent_at: now };
  if (type === 'signup') {
    const data = mergeMetadata(user.raw_user_meta_data, (params.data ?? {}) as Metadata);
    return { confirmation_sent_at: now, raw_user_meta_data: data };
  }
  if (type === 'magiclink' || type === 'recovery') return { recovery_sent_at: now };
  return {
    email_change: letter.newAddress ?? '',
    email_change_sent_at: now,
    email_change_confirm_status: 0,
  };
}
