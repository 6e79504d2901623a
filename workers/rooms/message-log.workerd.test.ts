import { runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { limits, logRow, systemRow } from '../testing/records.ts';
import { openConversation } from '../testing/room.ts';
import { MessageLog } from './message-log.ts';
import type { LogRow } from './records.ts';

/** Runs `work` on a log of its own in a real object. */
async function onLog(work: (log: MessageLog) => void): Promise<void> {
  const { room } = await openConversation();
  await runInDurableObject(room, (_, { storage }) => {
    const log = new MessageLog(storage.sql);
    log.clear();
    work(log);
    log.clear();
  });
}

/** What Postgres is to be handed of these. */
const handed = (rows: LogRow[]) => rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));

test('what is handed over is what the log holds, whatever was said and whenever', async () => {
  const texts = [
    '你好 😀 “quoted” "double" \\ / \n \r \t \u0001 \u2028 end',
    '{"t":"send"}',
    "'; drop table log; --",
    ' ',
  ];
  // Half a second and every last digit: SQLite counts in days, as floating point.
  const times = [0, 999, 1_000, 1_772_366_400_001, 1_772_366_400_499, 1_772_366_400_500, 1_772_366_400_999];
  const moments = Array.from({ length: 300 }, (_, index) => 1_772_366_400_000 + index * 86_399_917);
  const said = [
    ...texts.map((text, index) => logRow(index + 1, { text })),
    systemRow(5, { key: 'joined', params: { name: 'Zoë "Z" O’Neil' } }),
    ...[...times, ...moments].map((at, index) => logRow(6 + index, { at })),
  ];
  await onLog((log) => {
    for (const { seq: _, ...row } of said) log.append(row);
    const part = log.partAfter(0, 500);
    expect(part).toMatchObject({ rows: said.length, lastSeq: said.length });
    expect(JSON.parse(part?.messages ?? '')).toEqual(handed(said));
  });
});

test('a part begins after what was handed over, and is no longer than it may be', async () => {
  const said = Array.from({ length: 9 }, (_, index) => logRow(index + 1));
  await onLog((log) => {
    for (const { seq: _, ...row } of said) log.append(row);
    expect(log.partAfter(9, 4)).toBeNull();
    const part = log.partAfter(3, 4);
    expect(part).toMatchObject({ rows: 4, lastSeq: 7 });
    expect(JSON.parse(part?.messages ?? '')).toEqual(handed(said.slice(3, 7)));
  });
});

test('a part is never more than SQLite can say, however much was said, and all of it is handed over in the end', async () => {
  // The most there is to a message: six characters of JSON for each of the longest text's.
  const said = Array.from({ length: 250 }, (_, index) =>
    logRow(index + 1, { text: '\u0001'.repeat(limits.textLength), senderName: '字'.repeat(80) }),
  );
  await onLog((log) => {
    for (const { seq: _, ...row } of said) log.append(row);
    const parts: number[] = [];
    for (let last = 0; last < said.length; last += parts.at(-1) ?? 0) {
      const part = log.partAfter(last, 250);
      expect(JSON.parse(part?.messages ?? '')).toEqual(handed(said.slice(last, part?.lastSeq ?? 0)));
      parts.push(part?.rows ?? Number.POSITIVE_INFINITY);
    }
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.reduce((sum, rows) => sum + rows)).toBe(said.length);
  });
});

test('a client id that its sender has used is not appended again, and takes no place', async () => {
  const { seq: _, ...row } = logRow(1);
  await onLog((log) => {
    expect(log.append(row)?.seq).toBe(1);
    expect(log.append({ ...row, text: 'another' })).toBeNull();
    expect(log.append({ ...row, senderId: crypto.randomUUID() })?.seq).toBe(2);
    expect(log.head).toBe(2);
    expect(log.find(row.senderId, row.clientId)).toEqual({ ...row, seq: 1 });
  });
});

test('restored rows that can’t be the log’s are refused, not half taken', async () => {
  const [first, second] = [logRow(1), logRow(2)];
  await onLog((log) => {
    expect(() => log.restore([first, logRow(3)])).toThrow('not contiguous');
    log.clear();
    const twice = { ...second, senderId: first.senderId, clientId: first.clientId };
    expect(() => log.restore([first, twice])).toThrow('twice');
  });
});
