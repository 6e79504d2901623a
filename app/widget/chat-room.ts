import type { ConversationClient } from '../realtime/types.ts';
import { socketUrl } from '../realtime/url.ts';
import { isDead, lines } from './chat-choice.ts';
import type { RoomPart } from './chat-contract.ts';
import type { ChatCore } from './chat-core.ts';
import { createCredentials } from './credentials.ts';
import type { Failure } from './http.ts';
import { type Moving, packUp } from './moving.ts';
import type { Identity } from './session.ts';

/** The room somebody is in, and the way into it. */
export interface ChatRoom {
  /** What a conversation is entered with is here; or why not. */
  ready(): Promise<Failure | null>;
  /** Enters, or shows the room one is in already. Nothing happens before `ready`. */
  enter(conversationId: string, identity: Identity, phase: 'room' | 'list'): void;
  /** Closes the room's line. */
  leave(): void;
  /** Takes along what this guest has on its way here. */
  pack(guestId: string): void;
  /** What a guest had on its way goes on in the account's name, or back to where it was written. */
  unpack(): void;
}

/** @param onConfirmed the room heard first that the guest's address is confirmed */
export function createChatRoom(core: ChatCore, onConfirmed: () => void): ChatRoom {
  const { options, belongings, set } = core;
  const { environment, session } = options;
  /** Which conversation the state's `client` is in. */
  let entered: string | null = null;
  let moving: Moving | null = null;
  let part: RoomPart | null = null;

  function onChange(client: ConversationClient): void {
    const { client: current, confirming, starting } = core.state();
    if (current !== client) return;
    const { conversation, pending } = client.getSnapshot();
    if (confirming && conversation?.visitor.isAnonymous === false) onConfirmed();
    if (conversation && starting.length) set({ starting: belongings.first.queue() });
    for (const { id, state: sending, refusal } of pending) {
      if (sending !== 'failed' || refusal?.code !== 'closed') continue;
      const text = client.discard(id);
      if (text === null) continue;
      core.setDraft(lines(core.state().draft, text));
      set({ kept: true });
    }
  }

  return {
    async ready() {
      try {
        part ??= await options.loadRoom();
        return null;
      } catch {
        return { ok: false, kind: 'network' };
      }
    },
    enter(conversationId, identity, phase) {
      const { client: before } = core.state();
      if (before && entered === conversationId && !isDead(before.getSnapshot().connection)) {
        set({ phase });
        return;
      }
      before?.close();
      if (!part) return;
      const client = part.createConversationClient({
        conversationId,
        url: socketUrl(`/rooms/${conversationId}`),
        personId: identity.personId,
        environment,
        credentials: createCredentials(session, identity),
      });
      entered = conversationId;
      set({ phase, client, kept: false });
      client.subscribe(() => onChange(client));
      options.onRoom(client);
    },
    leave() {
      core.state().client?.close();
      entered = null;
    },
    pack(guestId) {
      const { client } = core.state();
      if (client && entered) moving = packUp(client, entered, guestId, environment.storage);
    },
    unpack() {
      if (!moving) return;
      const { conversationId, pending } = moving;
      moving = null;
      const { conversations, client, draft } = core.state();
      const moved = conversations.find(({ id }) => id === conversationId);
      if (moved && moved.status !== 'closed' && entered === conversationId) {
        for (const { id, text } of pending) client?.send(text, id);
      } else if (pending.length) {
        core.setDraft(lines(...pending.map(({ text }) => text), draft));
      }
    },
  };
}
