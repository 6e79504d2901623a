import type { ConversationContext } from '../protocol/context.ts';
import type { Session } from '../protocol/http.ts';
import type * as Room from '../realtime/conversation-client.ts';
import type { ConversationClient, RealtimeEnvironment } from '../realtime/types.ts';
import type { ChatState } from './chat-state.ts';
import type { Api } from './http.ts';
import type { Keep } from './keep.ts';
import type { AskHost, VisitorSession } from './session.ts';

export interface Chat {
  getSnapshot(): ChatState;
  subscribe(listener: () => void): () => void;
  /** Looks for the conversation of somebody who was here before; does nothing for anybody else. */
  start(known: boolean): void;
  setContext(context: ConversationContext | null): void;
  /** The host page's own session came or went, or is somebody else's. */
  setHostToken(ask: AskHost | null): void;
  setDraft(text: string): void;
  send(text: string): void;
  /** Tries again what didn't work, now. */
  retry(): void;
  /** Leaves a closed conversation; the next message starts another. */
  startNew(): void;
  /** A registered person's conversations. */
  showList(): void;
  /** The next page of them. */
  loadMore(): void;
  openConversation(id: string): void;
  /** Whoever is here, as the account's screens need it: with what proves it. */
  identify: VisitorSession['ensure'];
  renew: VisitorSession['renew'];
  /**
   * The server gave a session: the guest's own with an account now, or another account's.
   *
   * @param brought how many of the guest's conversations came along
   */
  adopt(session: Session, brought: number): void;
  /** The guest asked for an account; null: they want another address. */
  setConfirming(email: string | null): void;
  /** Asks again who this is: the mail's link may have been opened. */
  recheck(): void;
  /** False when it couldn't be done; then nothing has changed. */
  signOut(): Promise<boolean>;
}

/** What a room is entered with. */
export type RoomPart = Pick<typeof Room, 'createConversationClient'>;

export interface ChatOptions {
  api: Api;
  session: VisitorSession;
  keep: Keep;
  environment: RealtimeEnvironment;
  /** A room's whole end: asked for when somebody begins to write, or has been here before. */
  loadRoom(): Promise<RoomPart>;
  /** Called with the client of every room that is entered. */
  onRoom(client: ConversationClient): void;
}
