import type { Invitee } from '../../workers/store/team.ts';
import { authClient, type NoAnswer } from './auth-client.server.ts';

/** Where the mail's link leads. */
export const INVITATION_PATH = '/agent/invitation';

/** `refused`: Auth sends no mail to this address. */
export type SentInvitation = { is: 'sent'; accountId: string } | { is: 'refused' } | { is: NoAnswer };

/**
 * Has Auth send the mail that leads to the page where somebody chooses a name and a password. Auth invites only who
 * has no confirmed account; whoever has one (a visitor; somebody who followed an earlier link and went no further)
 * gets a link that signs in, to the same page.
 */
export async function sendInvitation(
  env: Env,
  origin: string,
  email: string,
  { accountId, confirmed }: Pick<Invitee, 'accountId' | 'confirmed'>,
): Promise<SentInvitation> {
  const redirectTo = `${origin}${INVITATION_PATH}`;
  if (accountId !== null && confirmed) {
    const { auth, noAnswer } = authClient(env, env.SUPABASE_ANON_KEY);
    const options = { shouldCreateUser: false, emailRedirectTo: redirectTo };
    const { error } = await auth.signInWithOtp({ email, options });
    const silence = noAnswer();
    if (silence) return { is: silence };
    return error ? { is: 'refused' } : { is: 'sent', accountId };
  }
  const { auth, noAnswer } = authClient(env, env.SUPABASE_SERVICE_ROLE_KEY);
  const { data } = await auth.admin.inviteUserByEmail(email, { redirectTo });
  const silence = noAnswer();
  if (silence) return { is: silence };
  return data.user ? { is: 'sent', accountId: data.user.id } : { is: 'refused' };
}
