import { log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { type Marks, noMarks } from './outbox.ts';
import type { LogRow, RoomState } from './records.ts';
import { claimedState } from './room-state.ts';

export type Loaded =
  | { ok: true; state: RoomState; rows: LogRow[]; marks: Marks }
  | { ok: false; code: 'not_found' | 'unavailable' };

const PAGE = 1_000;

/**
 * Brings a room back from what it had written through: claims a new epoch first, so that no earlier life of the
 * room can write any more, then reads everything. All of it or nothing: a room that held only the newest messages
 * could not dedupe a resend of an old one.
 */
export async function loadRoom(
  store: Pick<Store, 'claimRoom' | 'roomMessages'>,
  conversationId: string,
): Promise<Loaded> {
  try {
    const claimed = await store.claimRoom(conversationId);
    if (!claimed.ok) return { ok: false, code: claimed.code === 'gone' ? 'not_found' : 'unavailable' };
    const state = claimedState(claimed.conversation, Date.now());
    const head = claimed.conversation.head_seq;
    const rows: LogRow[] = [];
    while (rows.length < head) {
      const page = await store.roomMessages(conversationId, rows.length, PAGE);
      if (!page.ok || page.rows.length === 0) return { ok: false, code: 'unavailable' };
      rows.push(...page.rows);
    }
    log({ event: 'room_loaded', conversation: conversationId, epoch: state.epoch, head });
    return { ok: true, state, rows, marks: { ...noMarks, flushedSeq: head, flushedRev: state.rev } };
  } catch {
    // The Store itself did not answer: a deploy, a reset.
    return { ok: false, code: 'unavailable' };
  }
}
