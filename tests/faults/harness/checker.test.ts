import { describe, expect, test } from 'vitest';
import { SYSTEM_SENDER } from '../../../app/protocol/model.ts';
import { decide, type Evidence, type MessageRow, type RoomEvidence, type Written } from './checker.ts';

const VISITOR = '00000000-0000-4000-8000-000000000001';
const idOf = (n: number) => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const AT = '2026-11-22T20:00:00.000Z';

/** A conversation of three messages and a system message, as it should be. */
function room(): RoomEvidence & { log: RoomEvidence['log'][number][]; rows: MessageRow[] } {
  const log = [1, 2, 3].map((n) => ({
    seq: n,
    id: idOf(100 + n),
    clientId: idOf(n),
    senderRole: 'visitor' as const,
    senderId: VISITOR,
    senderName: 'Guest',
    kind: 'text' as const,
    text: `r0 r0.visitor0 ${n} hello`,
    at: AT,
  }));
  const event = { key: 'queued' as const, params: { b: '1', a: '2' } };
  const said = [
    ...log,
    {
      ...{ seq: 4, id: idOf(104), clientId: idOf(4), senderRole: 'system' as const, senderId: SYSTEM_SENDER },
      ...{ senderName: '', kind: 'system' as const, text: null, event, at: AT },
    },
  ];
  const rows = said.map((message) => ({
    ...{ seq: message.seq, id: message.id, sender_id: message.senderId, sender_role: message.senderRole },
    ...{ sender_name: message.senderName, client_id: message.clientId, message_type: message.kind },
    // As jsonb gives it back: in another order.
    ...{
      content: message.text,
      event: 'event' in message ? { params: { a: '2', b: '1' }, key: 'queued' } : null,
    },
    at: '2026-11-22 20:00:00+00',
  }));
  const view = { who: 'r0.visitor0', messages: said, unsent: 0, failed: 0 };
  return { room: 'r0', log: said, rows, rowsHead: 4, views: [view] };
}

const written = (n: number): Written => ({
  ...{ writer: 'r0.visitor0', room: 'r0', person: VISITOR },
  ...{ clientId: idOf(n), text: `r0 r0.visitor0 ${n} hello` },
});
const ack = (n: number, seq = n) => ({ room: 'r0', person: VISITOR, clientId: idOf(n), seq });

function evidence(change: Partial<Evidence> = {}): Evidence {
  return {
    ...{ rooms: [room()], written: [1, 2, 3].map(written), acks: [ack(1), ack(2), ack(2)] },
    ...{ foreign: [], wrongViews: [], behind: 0 },
    ...change,
  };
}

/** Evidence of one room that is not as it should be. */
function spoiled(spoil: (held: ReturnType<typeof room>) => Partial<RoomEvidence> | undefined) {
  const held = room();
  return decide(evidence({ rooms: [{ ...held, ...spoil(held) }] }));
}

test('what is as it should be has no problem, and an ack that came twice counts once', () => {
  expect(decide(evidence())).toEqual({
    ...{ messages: 4, acked: 2, lost: 0, doubled: 0, outOfOrder: 0, problems: [] },
  });
});

describe('finds', () => {
  test('an acked message that is not in the log', () => {
    expect(decide(evidence({ acks: [ack(9)] }))).toMatchObject({
      lost: 1,
      problems: [expect.stringContaining('acked as 9')],
    });
  });

  test('an acked message that stands at another seq', () => {
    expect(decide(evidence({ acks: [ack(1, 2)] })).lost).toBe(1);
  });

  test('a message that was written and never arrived, unless its tab ended before it was stored', () => {
    expect(decide(evidence({ written: [written(7)] })).lost).toBe(1);
    expect(decide(evidence({ written: [{ ...written(7), mayBeForgotten: true }] })).problems).toEqual([]);
  });

  test('a client id that is there twice, and a text that is', () => {
    const again = spoiled(({ log, rows }) => {
      const [first] = log;
      const [row] = rows;
      if (!first || !row) return;
      return {
        ...{ log: [...log, { ...first, seq: 5 }], rows: [...rows, { ...row, seq: 5 }] },
        ...{ rowsHead: 5, views: [] },
      };
    });
    expect(again.doubled).toBe(2);
  });

  test('a writer’s messages in another order than they were written', () => {
    const turned = decide(evidence({ written: [written(2), written(1), written(3)] }));
    expect(turned).toMatchObject({ outOfOrder: 1, lost: 0 });
  });

  test('a gap', () => {
    const gap = spoiled(({ log, rows }) => ({ log: log.filter(({ seq }) => seq !== 2), rows, views: [] }));
    expect(gap.problems).toContain('r0: seq 3 stands at 2');
  });

  test.each([
    ['a text', { content: 'another' }],
    ['an id', { id: idOf(999) }],
    ['a time', { at: '2026-11-22 20:00:00.001+00' }],
    ['an event', { event: { key: 'closed', params: {} } }],
  ])('%s that Postgres has otherwise', (_what, change) => {
    const differs = spoiled(({ rows }) => ({
      rows: rows.map((row) => (row.seq === 4 ? { ...row, ...change } : row)),
    }));
    expect(differs.problems).toEqual(['r0: Postgres differs at 4']);
  });

  test('rows that Postgres lacks', () => {
    const lacking = spoiled(({ rows }) => ({ rows: rows.slice(0, 3), rowsHead: 3 }));
    expect(lacking.problems).toEqual([
      'r0: Postgres has head 3, the log 4',
      'r0: Postgres has 3 rows, the log 4',
    ]);
  });

  test('somebody who shows something else, has something unsent or was refused', () => {
    const views = spoiled(({ log }) => ({
      views: [
        { who: 'short', messages: log.slice(0, 3), unsent: 0, failed: 0 },
        { who: 'busy', messages: log, unsent: 2, failed: 1 },
      ],
    }));
    expect(views.problems).toEqual([
      expect.stringMatching(/^r0: short shows something else at 4: null, not \{/u),
      'r0: busy still has 2 unsent',
      'r0: busy has 1 refused',
    ]);
  });

  test('what belongs to another conversation, wherever it is', () => {
    const foreign = spoiled(({ log, rows }) => ({
      ...{
        log: log.map((message) => (message.seq === 2 ? { ...message, text: 'r1 x 1' } : message)),
        views: [],
      },
      rows: rows.map((row) => (row.seq === 2 ? { ...row, content: 'r1 x 1' } : row)),
    }));
    expect(foreign.problems).toContain('r0: foreign text at 2');
    expect(decide(evidence({ foreign: ['r0: r1 x'] })).problems).toEqual(['foreign: r0: r1 x']);
  });

  test('a room that is behind, and a site that can’t say', () => {
    expect(decide(evidence({ behind: 1 })).problems).toEqual(['behind: 1']);
    expect(decide(evidence({ behind: null })).problems).toEqual(['behind: null']);
  });
});
