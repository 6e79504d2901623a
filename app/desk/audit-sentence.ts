import type { AuditAction, AuditEntry } from '../protocol/audit.ts';
import { shortId } from './names.ts';

/** A piece of a sentence: plain words, somebody's name, or the conversation it is about. */
export type Phrase = { is: 'words' | 'name'; text: string } | { is: 'conversation'; id: string };

/** What each action is called in the filter. */
export const ACTION_NAMES: Readonly<Record<AuditAction, string>> = {
  opened: 'Opened a conversation',
  accepted: 'Accepted a conversation',
  taken_over: 'Took over a conversation',
  transferred: 'Handed on a conversation',
  returned: 'Returned to the queue',
  closed: 'Closed a conversation',
  reopened: 'Reopened a conversation',
  invited: 'Invited somebody',
  invitation_withdrawn: 'Withdrew an invitation',
  joined: 'Joined the team',
  deactivated: 'Deactivated somebody',
  reactivated: 'Reactivated somebody',
  renamed: 'Renamed somebody',
  role_changed: 'Changed a role',
  capacity_changed: 'Changed a capacity',
  claimed: 'Brought a guest’s conversation along',
  site_added: 'Allowed a website',
  site_removed: 'Removed a website',
  signed_in: 'Signed in',
  sign_in_failed: 'Failed to sign in',
};

/** An entry as a sentence, in pieces, so that names can stand out and conversations be linked. */
export function auditSentence(
  entry: Pick<AuditEntry, 'action' | 'actor' | 'agent' | 'change' | 'conversationId' | 'site'>,
): Phrase[] {
  const { action, actor, agent, change, conversationId, site } = entry;
  const who = name(actor.name ?? (actor.role === 'visitor' ? 'The visitor' : 'The system'));
  const whom = name(agent?.name ?? 'somebody');
  const it: Phrase =
    conversationId === null ? words('a conversation') : { is: 'conversation', id: conversationId };
  switch (action) {
    case 'opened':
      return [who, words('opened'), it];
    case 'accepted':
      return [who, words('accepted'), it];
    case 'taken_over':
      return agent ? [who, words('took over'), it, words('from'), whom] : [who, words('took over'), it];
    case 'transferred':
      return [who, words('handed'), it, words('to'), whom];
    case 'returned':
      return [it, words('went back into the queue:'), whom, words('is no longer on the team')];
    case 'closed':
      return [who, words('closed'), it];
    case 'reopened':
      return [who, words('reopened'), it];
    case 'invited':
      return [who, words('invited'), whom];
    case 'invitation_withdrawn':
      return [who, words('withdrew the invitation of'), whom];
    case 'joined':
      return [who, words('accepted the invitation and joined the team')];
    case 'deactivated':
      return [who, words('deactivated'), whom];
    case 'reactivated':
      return [who, words('reactivated'), whom];
    case 'renamed':
      return [who, words('renamed'), whom, words('to'), name(change?.to ?? '')];
    case 'role_changed':
      return [who, words('made'), whom, words(change?.to === 'admin' ? 'an admin' : 'an agent')];
    case 'capacity_changed':
      return [
        who,
        words('changed how many chats'),
        whom,
        words(`takes at once, from ${change?.from} to ${change?.to}`),
      ];
    case 'claimed':
      return [
        who,
        words('brought'),
        it,
        words(`into their account; it was Guest #${shortId(change?.from ?? '')}’s`),
      ];
    case 'site_added':
      return [who, words('allowed the chat on'), name(site ?? 'a website')];
    case 'site_removed':
      return [who, words('removed the chat from'), name(site ?? 'a website')];
    case 'signed_in':
      return [who, words('signed in')];
    case 'sign_in_failed':
      return [words('Somebody failed to sign in as'), who];
    default:
      return action satisfies never;
  }
}

const words = (text: string): Phrase => ({ is: 'words', text });
const name = (text: string): Phrase => ({ is: 'name', text });
