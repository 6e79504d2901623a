import { describe, expect, it } from 'vitest';
import { lobbyFrameSchema, type RoomFrame, roomFrameSchema } from '../protocol/frames.ts';
import { decodeLobbyFrame, decodeRoomFrame } from './decode.ts';
import { AGENT, CONVERSATION, createModelRoom } from './model-room.fixture.ts';

const at = '2026-11-22T12:00:00.000Z';
const room = createModelRoom(() => Date.parse(at));
const message = room.say('Hello');
const { conversation } = room;
const frames: RoomFrame[] = [
  {
    t: 'welcome',
    v: 1,
    you: AGENT,
    conversation,
    epoch: 1,
    head: 1,
    messages: [message],
    gap: false,
    reset: false,
    ticket: 't',
    now: at,
  },
  { t: 'ack', id: CONVERSATION, seq: 1, at },
  { t: 'message', message },
  { t: 'typing', who: AGENT, until: at },
  { t: 'read', role: 'agent', seq: 1 },
  { t: 'history', before: 2, messages: [message], more: false },
  { t: 'conversation', conversation },
  { t: 'presence', visitor: true, agents: [AGENT] },
  { t: 'error', code: 'closed', message: 'Closed.' },
];

describe('a frame of the room', () => {
  it('is known here for every type the protocol has', () => {
    const types = roomFrameSchema.options.map((option) => option.shape.t.value);
    expect(frames.map(({ t }) => t).sort()).toEqual([...types].sort());
  });

  it.each(frames)('$t passes the schema and the decoder alike', (frame) => {
    expect(roomFrameSchema.parse(frame)).toEqual(frame);
    expect(decodeRoomFrame(JSON.stringify(frame))).toEqual(frame);
  });

  it.each(frames)('$t is refused by both when any of its required fields is missing', (frame) => {
    for (const key of Object.keys(frame)) {
      const { [key]: _, ...rest } = frame as unknown as Record<string, unknown>;
      if (roomFrameSchema.safeParse(rest).success) continue;
      // `v` is for the room's side; nothing here reads it.
      if (key !== 'v') expect(decodeRoomFrame(JSON.stringify(rest)), key).toBeNull();
    }
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['null', 'null'],
    ['a type of a later version', '{"t":"fireworks"}'],
    ['a type every object has', '{"t":"constructor"}'],
  ])('that is %s is ignored', (_, data) => {
    expect(decodeRoomFrame(data)).toBeNull();
  });

  it('with fields of a later version passes', () => {
    expect(decodeRoomFrame('{"t":"ack","id":"x","seq":1,"at":"y","later":true}')).toMatchObject({ seq: 1 });
  });
});

describe('a frame of the lobby', () => {
  it('is known here for every type the protocol has', () => {
    const shapes = {
      queue: { conversations: [], agents: [] },
      conversation: { conversation: {} },
      removed: { id: 'x' },
    };
    const more = { agents: { agents: [] }, error: { code: 'invalid', message: 'x' } };
    for (const { shape } of lobbyFrameSchema.options) {
      const t = shape.t.value;
      expect(decodeLobbyFrame(JSON.stringify({ t, ...{ ...shapes, ...more }[t] })), t).not.toBeNull();
    }
  });
});
