import type { CredentialsProvider } from '../realtime/types.ts';
import type { Identity, VisitorSession } from './session.ts';

/** What a room's socket is opened with. Somebody else in place of who entered is a no: this room isn't theirs. */
export function createCredentials(session: VisitorSession, entered: Identity): CredentialsProvider {
  let given = entered;
  return async (reason) => {
    const answer = await (reason === 'refused' ? session.renew(given) : session.ensure());
    if (answer.ok) {
      given = answer.value;
      return given.personId === entered.personId ? { bearer: given.bearer } : null;
    }
    if (answer.kind === 'unauthorized') return null;
    throw new Error(answer.kind);
  };
}
