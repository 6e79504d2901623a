import { CLOSE } from '../protocol/codes.ts';
import type { Connection } from './types.ts';

/** What opened the socket that was closed. */
export type CredentialKind = 'ticket' | 'bearer' | 'cookie';

/** What to do about a closed socket. */
export type AfterClose =
  /** Come back with backoff. */
  | { next: 'retry' }
  /** The ticket wasn't taken: come back with a session. */
  | { next: 'without_ticket' }
  /** The session wasn't taken: get a new one, then come back. */
  | { next: 'new_session' }
  /** Too fast: come back, but not soon. */
  | { next: 'later' }
  /** Never come back by itself. */
  | { next: 'stop'; as: Extract<Connection, 'signed_out' | 'forbidden' | 'not_found' | 'outdated'> };

/** New sessions in a row that may be turned away before we believe it. */
const SESSIONS_TRIED = 3;

/**
 * The close codes of the protocol, turned into what a client does.
 *
 * @param code of the close event
 * @param used what the attempt was made with
 * @param ready whether the room had welcomed this socket: a ticket that was good once can be void by now
 * @param refusals 4401s in a row without a welcome in between
 */
export function afterClose(code: number, used: CredentialKind, ready: boolean, refusals: number): AfterClose {
  switch (code) {
    case CLOSE.signedOut:
      // What ends access voids the tickets too, so the one we hold is of no use in either case.
      if (used === 'ticket' || ready) return { next: 'without_ticket' };
      return refusals < SESSIONS_TRIED ? { next: 'new_session' } : { next: 'stop', as: 'signed_out' };
    case CLOSE.forbidden:
      return used === 'ticket' && !ready ? { next: 'without_ticket' } : { next: 'stop', as: 'forbidden' };
    case CLOSE.notFound:
      return { next: 'stop', as: 'not_found' };
    case CLOSE.unsupportedVersion:
      return { next: 'stop', as: 'outdated' };
    case CLOSE.tooFast:
      return { next: 'later' };
    default:
      return { next: 'retry' };
  }
}
