import type { ErrorCode } from '../../app/protocol/codes.ts';
import type { SendFrame } from '../../app/protocol/frames.ts';
import type { Limits } from '../../app/protocol/limits.ts';
import { textProblem } from '../../app/protocol/text.ts';
import type { Person } from '../auth/person.ts';
import type { LogRow, RoomState } from './records.ts';
import { isItsAgent } from './room-state.ts';

export interface Refusal {
  code: ErrorCode;
  message: string;
  retryAfterMs?: number;
}

/** What becomes of a `send`: taken, known already (the first ack again), or refused. */
export type Admission =
  | { kind: 'insert'; text: string }
  | { kind: 'known'; row: LogRow }
  | { kind: 'refuse'; refusal: Refusal };

const refuse = (code: ErrorCode, message: string): Admission => ({
  kind: 'refuse',
  refusal: { code, message },
});

/**
 * Decides about one `send`, in the order that the contract names: shape, dedupe, conflict, status and
 * permission, limits. Pure but for `takeToken`, which is asked last so that nothing refused costs anything.
 *
 * @param held what the log already has under this sender's client id
 * @param takeToken takes one message off the sender's allowance; 0, or the milliseconds until there is one
 */
export function admit(
  frame: SendFrame,
  person: Pick<Person, 'id' | 'role'>,
  state: RoomState,
  held: LogRow | null,
  limits: Pick<Limits, 'textLength' | 'messagesPerMinute'>,
  takeToken: () => number,
): Admission {
  if (frame.kind !== 'text' || frame.attachmentId !== undefined)
    return refuse('invalid', 'Only text can be sent.');
  if (frame.text === undefined) return refuse('invalid', 'A message needs some text.');
  const problem = textProblem(frame.text, limits.textLength);
  if (problem) return { kind: 'refuse', refusal: problem };

  if (held) {
    if (held.kind === frame.kind && held.text === frame.text) return { kind: 'known', row: held };
    return refuse('conflict', 'A different message was already sent under this id.');
  }

  if (state.status === 'closed') return refuse('closed', 'This conversation is closed.');
  if (person.role === 'agent' && !isItsAgent(state, person)) {
    return refuse('forbidden', 'Take the conversation over before you write in it.');
  }
  if (person.role === 'visitor' && person.id !== state.visitor.id) {
    return refuse('forbidden', 'This is somebody else’s conversation.');
  }

  const retryAfterMs = takeToken();
  if (retryAfterMs > 0) {
    return {
      kind: 'refuse',
      refusal: {
        code: 'rate_limited',
        message: `At most ${limits.messagesPerMinute} messages a minute. Your message will go out shortly.`,
        retryAfterMs,
      },
    };
  }
  return { kind: 'insert', text: frame.text };
}
