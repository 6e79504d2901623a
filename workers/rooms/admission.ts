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
export type Admission = { kind: 'insert'; text: string } | Answer;
export type Answer = { kind: 'known'; row: LogRow } | { kind: 'refuse'; refusal: Refusal };

const refuse = (code: ErrorCode, message: string): Answer => ({
  kind: 'refuse',
  refusal: { code, message },
});

/** What has to be asked about a `send` beyond what is at hand. */
export interface Questions {
  /** What its sender has sent under this id. */
  earlier(): LogRow | null;
  /** Takes one message off the sender's allowance; 0, or the milliseconds until there is one. */
  takeToken(): number;
}

/**
 * Decides about one `send`, in the order that the contract names: shape, dedupe, conflict, status and permission,
 * limits. Pure but for its questions. What was sent earlier is asked only where the answer would be no: the log
 * notices a resend when it is to insert it, and then `again` decides.
 */
export function admit(
  frame: SendFrame,
  person: Pick<Person, 'id' | 'role'>,
  state: RoomState,
  limits: Pick<Limits, 'textLength' | 'messagesPerMinute'>,
  { earlier, takeToken }: Questions,
): Admission {
  if (frame.kind !== 'text' || frame.attachmentId !== undefined)
    return refuse('invalid', 'Only text can be sent.');
  if (frame.text === undefined) return refuse('invalid', 'A message needs some text.');
  const problem = textProblem(frame.text, limits.textLength);
  if (problem) return { kind: 'refuse', refusal: problem };

  const no = notPermitted(person, state) ?? tooFast(limits, takeToken);
  if (no) {
    const held = earlier();
    return held ? again(frame, held) : no;
  }
  return { kind: 'insert', text: frame.text };
}

/** What becomes of a well-formed `send` under an id that its sender has used: whatever has changed since, the first answer. */
export function again(frame: SendFrame, held: LogRow): Answer {
  if (held.kind === frame.kind && held.text === frame.text) return { kind: 'known', row: held };
  return refuse('conflict', 'A different message was already sent under this id.');
}

function notPermitted(person: Pick<Person, 'id' | 'role'>, state: RoomState): Answer | null {
  if (state.status === 'closed') return refuse('closed', 'This conversation is closed.');
  if (person.role === 'agent' && !isItsAgent(state, person)) {
    return refuse('forbidden', 'Take the conversation over before you write in it.');
  }
  if (person.role === 'visitor' && person.id !== state.visitor.id) {
    return refuse('forbidden', 'This is somebody else’s conversation.');
  }
  return null;
}

function tooFast(
  { messagesPerMinute }: Pick<Limits, 'messagesPerMinute'>,
  takeToken: () => number,
): Answer | null {
  const retryAfterMs = takeToken();
  if (retryAfterMs === 0) return null;
  const message = `At most ${messagesPerMinute} messages a minute. Your message will go out shortly.`;
  return { kind: 'refuse', refusal: { code: 'rate_limited', message, retryAfterMs } };
}
