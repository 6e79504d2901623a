import { expect, test } from 'vitest';
import { clientFrameSchema, lobbyFrameSchema, roomFrameSchema } from '../../app/protocol/frames.ts';
import { PROTOCOL_VERSION } from '../../app/protocol/version.ts';
import { createConversationClient } from '../../app/realtime/conversation-client.ts';
import { decodeLobbyFrame, decodeRoomFrame } from '../../app/realtime/decode.ts';
import { frozenProtocol } from './harness/frozen.ts';
import { until } from './harness/until.ts';

const versions = Array.from({ length: PROTOCOL_VERSION }, (_, index) => index + 1);

test('every version of the protocol has a frozen fixture', () => {
  for (const version of versions) {
    expect(frozenProtocol(version).subprotocol).toBe(`wellchina.v${version}`);
  }
});

test.each(versions)(
  'today’s room reads every frame of a v%i client, and nothing of it is dropped',
  (version) => {
    for (const frame of frozenProtocol(version).clientFrames) {
      expect(clientFrameSchema.parse(frame)).toEqual(frame);
    }
  },
);

test.each(versions)(
  'today’s client reads every frame of a v%i room, and nothing of it is dropped',
  (version) => {
    const { roomFrames, lobbyFrames } = frozenProtocol(version);
    for (const frame of roomFrames) {
      expect(roomFrameSchema.parse(frame)).toEqual(frame);
      expect(decodeRoomFrame(JSON.stringify(frame))).toEqual(frame);
    }
    for (const frame of lobbyFrames) {
      expect(lobbyFrameSchema.parse(frame)).toEqual(frame);
      expect(decodeLobbyFrame(JSON.stringify(frame))).toEqual(frame);
    }
  },
);

test.each(versions)('the fixture of v%i has every kind of frame there is', (version) => {
  const kinds = (schema: { options: readonly { shape: { t: { value: string } } }[] }) =>
    schema.options.map(({ shape }) => shape.t.value).sort();
  const held = (frames: readonly { t: string }[]) => [...new Set(frames.map(({ t }) => t))].sort();
  const { clientFrames, roomFrames, lobbyFrames } = frozenProtocol(version);
  expect(kinds(clientFrameSchema)).toEqual(held(clientFrames));
  expect(kinds(roomFrameSchema)).toEqual(held(roomFrames));
  expect(kinds(lobbyFrameSchema)).toEqual(held(lobbyFrames));
});

const sides = versions.flatMap((version) => [[version, 'visitor'] as const, [version, 'agent'] as const]);

test.each(sides)(
  'today’s client, told what a v%i room told the %s, shows that conversation',
  async (version, side) => {
    const { session, log } = frozenProtocol(version);
    const room = oldRoom();
    const client = createConversationClient({
      conversationId: 'frozen',
      url: 'ws://localhost/rooms/frozen',
      personId: side,
      credentials: async () => ({}),
      environment: { WebSocket: room.WebSocket },
    });
    try {
      await until('the client to say hello', room.greeted);
      for (const step of session) for (const frame of step[side]) room.say(frame);
      const { messages, connection, conversation } = client.getSnapshot();
      expect(connection).toBe('online');
      expect(conversation?.status).toBe('closed');
      // An ack carries no text, and this client never wrote any: it asks again, and this room doesn't answer.
      const first = messages[0]?.seq ?? 0;
      const shown = messages.map(({ seq, text, clientId }) => ({ seq, text, clientId }));
      const then = log.slice(first - 1).map(({ seq, text, clientId }) => ({ seq, text, clientId }));
      expect(shown).toEqual(then.slice(0, shown.length));
      expect(shown.length).toBeGreaterThanOrEqual(4);
    } finally {
      client.close();
    }
  },
);

/** A room of then: it says what it said, whatever it is told. */
function oldRoom() {
  let hear: (frame: object) => void = () => {};
  let greeted = false;
  class OldRoom extends EventTarget {
    readyState = 0;
    constructor() {
      super();
      hear = (frame) => this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }));
      setTimeout(() => {
        this.readyState = 1;
        this.dispatchEvent(new Event('open'));
      });
    }
    send(): void {
      greeted = true;
    }
    close(): void {}
  }
  return {
    WebSocket: OldRoom as unknown as typeof WebSocket,
    greeted: () => greeted,
    say: (frame: object) => hear(frame),
  };
}
