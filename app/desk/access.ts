import type { Conversation } from '../protocol/model.ts';
import { isMine } from './queue.ts';

/** What an agent may do with a conversation now. The room decides; this only keeps the screen from offering nonsense. */
export interface Access {
  accept: boolean;
  takeOver: boolean;
  close: boolean;
  write: boolean;
  /** Why one can't write, for the place where the composer would be; null where one can. */
  explanation: string | null;
}

export function accessTo(
  conversation: Pick<Conversation, 'status' | 'agent'>,
  me: { id: string; role: 'agent' | 'admin' },
): Access {
  const mine = isMine(conversation, me.id);
  switch (conversation.status) {
    case 'waiting':
      return {
        accept: true,
        takeOver: false,
        close: true,
        write: false,
        explanation: 'Accept this chat to answer.',
      };
    case 'active':
      return {
        accept: false,
        takeOver: !mine,
        close: mine || me.role === 'admin',
        write: mine,
        explanation: mine
          ? null
          : `${conversation.agent?.name ?? 'Another agent'} is answering. Take over to write.`,
      };
    case 'closed':
      return {
        accept: false,
        takeOver: false,
        close: false,
        write: false,
        explanation: 'This conversation is closed.',
      };
    default:
      return conversation.status satisfies never;
  }
}
