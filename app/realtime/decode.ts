import type { LobbyFrame, RoomFrame } from '../protocol/frames.ts';

/**
 * What each frame must carry for the reducers to be safe. Written by hand because zod alone would double the widget's
 * weight; the zod schemas of the protocol stay the authority, and a test holds the two together. Fields a newer room
 * adds pass, and so does a frame that misses something nothing here touches.
 */
type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'array' | 'object'>>;

const ROOM: { readonly [Type in RoomFrame['t']]: Shape } = {
  welcome: {
    you: 'object',
    conversation: 'object',
    epoch: 'number',
    head: 'number',
    messages: 'array',
    gap: 'boolean',
    reset: 'boolean',
    ticket: 'string',
    now: 'string',
  },
  ack: { id: 'string', seq: 'number', at: 'string' },
  message: { message: 'object' },
  typing: { who: 'object', until: 'string' },
  read: { role: 'string', seq: 'number' },
  history: { before: 'number', messages: 'array', more: 'boolean' },
  conversation: { conversation: 'object' },
  presence: { visitor: 'boolean', agents: 'array' },
  error: { code: 'string', message: 'string' },
};

const LOBBY: { readonly [Type in LobbyFrame['t']]: Shape } = {
  queue: { conversations: 'array', agents: 'array' },
  conversation: { conversation: 'object' },
  removed: { id: 'string' },
  agents: { agents: 'array' },
  error: { code: 'string', message: 'string' },
};

/** A frame of the room, or null for anything that isn't one (an older page meets a newer room: it ignores). */
export function decodeRoomFrame(data: unknown): RoomFrame | null {
  return decode(data, ROOM) as RoomFrame | null;
}

/** A frame of the lobby, or null for anything that isn't one. */
export function decodeLobbyFrame(data: unknown): LobbyFrame | null {
  return decode(data, LOBBY) as LobbyFrame | null;
}

function decode(data: unknown, shapes: Readonly<Record<string, Shape>>): unknown {
  if (typeof data !== 'string') return null;
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isRecord(frame) || typeof frame.t !== 'string' || !Object.hasOwn(shapes, frame.t)) return null;
  const shape = shapes[frame.t] ?? {};
  return Object.entries(shape).every(([key, kind]) => kindOf(frame[key]) === kind) ? frame : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return kindOf(value) === 'object';
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}
