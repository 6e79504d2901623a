import { type ClientFrame, clientFrameSchema } from '../../app/protocol/frames.ts';
import type { Refusal } from './admission.ts';

export type ParsedFrame = { ok: true; frame: ClientFrame } | { ok: false; refusal: Refusal; ref?: string };

const encoder = new TextEncoder();

/** Bytes of a text as UTF-8, without encoding what is plainly small or plainly large. */
function exceeds(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  if (text.length * 3 <= maxBytes) return false;
  return encoder.encode(text).byteLength > maxBytes;
}

/**
 * Reads what a client sent. Unknown keys are dropped: a forged `senderRole` or `at` is simply not there.
 *
 * @param maxBytes the limit on a frame
 */
export function parseFrame(data: string | ArrayBuffer, maxBytes: number): ParsedFrame {
  if (typeof data !== 'string') return refused('invalid', 'Frames are text.');
  if (exceeds(data, maxBytes)) return refused('too_large', `A frame may have at most ${maxBytes} bytes.`);
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return refused('invalid', 'That is not JSON.');
  }
  const message = plainMessage(json);
  if (message) return { ok: true, frame: message };
  const parsed = clientFrameSchema.safeParse(json);
  if (parsed.success) return { ok: true, frame: parsed.data };
  return refused('invalid', 'That frame is not part of the protocol.', refOf(json));
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/iu;

/** The frame that nearly all are, read without the schema, which takes everything else; null when it is not that. */
function plainMessage(json: unknown): ClientFrame | null {
  if (typeof json !== 'object' || json === null) return null;
  const { t, id, kind, text, attachmentId } = json as Record<string, unknown>;
  if (t !== 'send' || kind !== 'text' || typeof text !== 'string' || attachmentId !== undefined) return null;
  return typeof id === 'string' && UUID.test(id) ? { t, id, kind, text } : null;
}

/** The id of a refused `send`, so that its sender knows which message it was. */
function refOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('t' in json) || json.t !== 'send') return undefined;
  return 'id' in json && typeof json.id === 'string' && json.id.length <= 100 ? json.id : undefined;
}

function refused(code: Refusal['code'], message: string, ref?: string): ParsedFrame {
  return { ok: false, refusal: { code, message }, ...(ref === undefined ? {} : { ref }) };
}
