import type { ParticipantRole, SystemEvent } from '../protocol/model.ts';
import type { Translate } from './messages.ts';

/** A system message in the reader's language, said from where the reader stands. */
export function eventText(t: Translate, { key, params }: SystemEvent, viewer: ParticipantRole): string {
  switch (key) {
    case 'queued':
      return t('event.queued', { viewer });
    case 'closed':
    case 'reopened':
      return t(`event.${key}`);
    case 'returned':
      return t('event.returned', { viewer, name: params.name ?? '…' });
    default:
      return t(`event.${key}`, { name: params.name ?? '…' });
  }
}
