import type { ClientFrame, RoomFrame } from '../protocol/frames.ts';
import { browserEnvironment } from './browser-environment.ts';
import { applyFrame, disconnected, type Effect, expireTyping, INITIAL } from './conversation-reducer.ts';
import { decodeRoomFrame } from './decode.ts';
import { createOutbox } from './outbox.ts';
import { outboxScope } from './outbox-scope.ts';
import { createSocket } from './socket.ts';
import type {
  ConversationClient,
  ConversationClientOptions,
  ConversationSnapshot,
  Refusal,
} from './types.ts';
import { createTypingSignal } from './typing-signal.ts';

/** Messages asked for by one scroll up. */
const OLDER_PAGE = 50;

/**
 * Opens a conversation: socket, outbox and state in one. Connects at once and comes back by itself until `close`.
 * What is shown is `getSnapshot`, a new object after every change.
 */
export function createConversationClient(options: ConversationClientOptions): ConversationClient {
  const environment = { ...browserEnvironment(), ...options.environment };
  const listeners = new Set<() => void>();
  let state = INITIAL;
  let notice: Refusal | null = null;
  let outdated = false;
  let wantedRead = 0;
  let snapshot: ConversationSnapshot | null = null;
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const outbox = createOutbox({
    scope: outboxScope(options.personId, options.conversationId),
    environment,
    transmit: ({ id, text }) => say({ t: 'send', id, kind: 'text', text }),
    onChange: () => changed(),
  });
  const socket = createSocket({
    url: options.url,
    credentials: options.credentials,
    environment,
    onOpen: hello,
    onFrame: (data) => {
      const frame = decodeRoomFrame(data);
      if (frame) receive(frame);
    },
    onDown(tooBig) {
      if (tooBig)
        outbox.refuseInFlight({ code: 'too_large', message: 'This message is too large to be sent.' });
      outbox.down();
      typing.down();
      state = disconnected(state);
      changed();
    },
    onConnection: () => changed(),
  });
  const typing = createTypingSignal((on) => say({ t: 'typing', on }));

  function say(frame: ClientFrame): boolean {
    return socket.send(JSON.stringify(frame));
  }

  function hello(): void {
    say({ t: 'hello', after: state.last, ...(state.epoch === null ? {} : { epoch: state.epoch }) });
  }

  function receive(frame: RoomFrame): void {
    const step = applyFrame(state, frame, { now: environment.now(), pending: outbox.get });
    state = step.state;
    for (const effect of step.effects) perform(effect);
    if (frame.t === 'welcome') {
      const back = socket.connection() !== 'online';
      socket.ready(frame.ticket);
      if (back) {
        outbox.up();
        typing.up();
        sayRead();
      }
    }
    if (frame.t === 'ack') notice = null;
    scheduleTyping();
    changed();
  }

  function perform(effect: Effect): void {
    switch (effect.do) {
      case 'resume':
        hello();
        // Until it is answered, nothing that follows can be shown.
        socket.expectWelcome();
        break;
      case 'settle':
        outbox.settle(effect.id);
        break;
      case 'refuse':
        notice = effect.refusal;
        outbox.refuse(effect.id, effect.refusal, effect.retryAfterMs);
        break;
      case 'notice':
        notice = effect.refusal;
        break;
      case 'outdated':
        outdated = true;
        socket.close();
        break;
      default:
        effect satisfies never;
    }
  }

  function sayRead(): void {
    const { you, conversation } = state;
    if (you && conversation && wantedRead > conversation.read[you.role]) say({ t: 'read', seq: wantedRead });
  }

  function scheduleTyping(): void {
    clearTimeout(typingTimer);
    const until = Math.min(...state.typing.map((entry) => entry.until));
    if (!Number.isFinite(until)) return;
    typingTimer = setTimeout(
      () => {
        state = expireTyping(state, environment.now());
        scheduleTyping();
        changed();
      },
      Math.max(until - environment.now(), 0) + 1,
    );
  }

  function changed(): void {
    if (closed) return;
    snapshot = null;
    for (const listener of listeners) listener();
  }

  return {
    getSnapshot() {
      snapshot ??= {
        connection: outdated ? 'outdated' : socket.connection(),
        conversation: state.conversation,
        you: state.you,
        messages: state.messages,
        pending: outbox.pending(),
        typing: state.typing.map(({ who }) => who),
        presence: state.presence,
        older: state.older,
        notice,
      };
      return snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send(text, id) {
      typing.sent();
      return outbox.add(text, id);
    },
    retry(id) {
      notice = null;
      outbox.retry(id);
      changed();
    },
    discard: outbox.discard,
    typing: typing.set,
    read(seq) {
      wantedRead = Math.max(wantedRead, Math.min(seq, state.last ?? 0));
      const { you } = state;
      if (!you || socket.connection() !== 'online' || wantedRead <= (state.conversation?.read[you.role] ?? 0))
        return;
      sayRead();
      // Shown at once; the room's word comes back the same way and only ever goes forward.
      receive({ t: 'read', role: you.role, seq: wantedRead });
    },
    loadOlder() {
      const first = state.messages[0];
      if (!first || (state.older !== 'available' && state.older !== 'unavailable')) return;
      if (!say({ t: 'history', before: first.seq, limit: OLDER_PAGE })) return;
      state = { ...state, older: 'loading' };
      changed();
    },
    reconnect: socket.reconnect,
    close() {
      closed = true;
      clearTimeout(typingTimer);
      typing.close();
      outbox.close();
      socket.close();
    },
  };
}
