import type { LobbyFrame } from '../protocol/frames.ts';
import type { LobbySnapshot } from './types.ts';

export type LobbyState = Pick<LobbySnapshot, 'conversations' | 'agents'>;

/** One frame of the lobby applied to what is held. Pure. A conversation's older `rev` is ignored. */
export function applyLobbyFrame(state: LobbyState, frame: LobbyFrame): LobbyState {
  switch (frame.t) {
    case 'queue':
      return { conversations: frame.conversations, agents: frame.agents };
    case 'conversation': {
      const incoming = frame.conversation;
      const held = state.conversations.find(({ id }) => id === incoming.id);
      if (!held) return { ...state, conversations: [...state.conversations, incoming] };
      if (incoming.rev < held.rev) return state;
      return {
        ...state,
        conversations: state.conversations.map((it) => (it.id === incoming.id ? incoming : it)),
      };
    }
    case 'removed':
      return { ...state, conversations: state.conversations.filter(({ id }) => id !== frame.id) };
    case 'agents':
      return { ...state, agents: frame.agents };
    case 'error':
      return state;
    default:
      frame satisfies never;
      return state;
  }
}
