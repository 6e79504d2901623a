import { expect, test } from 'vitest';
import type { AuditEntry } from '../../app/protocol/audit.ts';
import { AuditGatherer } from './audit-gatherer.ts';
import type { AuditOutcome } from './audit-trail.ts';

const entries = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `${n}` }) as AuditEntry);

test('what comes while a write is on its way goes with the next, in one call; each room gets its answer', async () => {
  const calls: { size: number; answer(outcome: AuditOutcome): void }[] = [];
  const gatherer = new AuditGatherer(
    (batch) => new Promise((answer) => calls.push({ size: batch.length, answer })),
  );
  const answers = [
    gatherer.add(entries(2)),
    gatherer.add(entries(600)),
    gatherer.add(entries(3)),
    gatherer.add(entries(900)),
  ];
  expect(calls.map(({ size }) => size)).toEqual([2]);
  calls[0]?.answer({ ok: true, refused: [] });
  expect(await answers[0]).toEqual({ ok: true, refused: [] });
  expect(calls.map(({ size }) => size)).toEqual([2, 603]);
  calls[1]?.answer({ ok: false });
  expect(await Promise.all([answers[1], answers[2]])).toEqual([{ ok: false }, { ok: false }]);
  expect(calls.map(({ size }) => size)).toEqual([2, 603, 900]);
  calls[2]?.answer({ ok: true, refused: ['7'] });
  expect(await answers[3]).toEqual({ ok: true, refused: ['7'] });
});
