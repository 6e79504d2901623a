import { randomUUID } from 'node:crypto';
import { createdConversationSchema, sessionSchema } from '../../../app/protocol/http.ts';
import { SUBPROTOCOL } from '../../../app/protocol/version.ts';
import { compare } from '../harness/report.ts';
import type { Stage } from '../harness/stage.ts';
import { median } from '../harness/stats.ts';
import { type Bench, by, type Metric } from './metric.ts';

type Steps = Record<string, number[]>;

/** From the first keystroke to the ack, for a guest nobody knows and for one who comes back; each round trip named. */
export const firstMessage: Bench = {
  id: 'first-message',
  async run(stage, length) {
    const { worker } = await stage.ours();
    const fresh: Steps = {};
    const returning: Steps = {};
    await journey(stage, worker.url, {}, {});
    for (let guest = 0; guest < by(length.time, 40, 12, 2); guest++)
      await journey(stage, worker.url, fresh, returning);
    return [
      lineOf(stage, 'first-message.new', 'a new guest, first keystroke → ack', fresh),
      lineOf(stage, 'first-message.returning', 'a guest who comes back to the open chat → ack', returning),
    ];
  },
};

async function journey(stage: Stage, url: string, fresh: Steps, returning: Steps): Promise<void> {
  const post = async (path: string, body: object, token?: string) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return { json: await response.json(), cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  };
  const session = await timed(fresh, 'POST /api/session (Auth makes the guest)', () =>
    post('/api/session', {}),
  );
  const { accessToken } = sessionSchema.parse(session.json);
  const made = await timed(fresh, 'POST /api/conversations (Postgres says yes, the room acks)', () =>
    post(
      '/api/conversations',
      { firstMessage: { id: randomUUID(), text: 'How much is a dental implant?' } },
      accessToken,
    ),
  );
  const { conversation, ack } = createdConversationSchema.parse(made.json);
  if (!ack) throw new Error('the first message was not acked');

  const line = {
    url: `${url.replace('http', 'ws')}/rooms/${conversation.id}`,
    protocols: [SUBPROTOCOL, `bearer.${accessToken}`],
    dialect: 'room' as const,
    hello: '{"t":"hello","after":2}',
  };
  const [socket] = await timed(returning, 'socket and hello (Postgres says whose it is)', () =>
    stage.load.do('open', { lines: [line] }),
  );
  await timed(returning, 'send → ack', () => stage.load.do('first', { lines: [socket as number] }));
  await stage.load.do('close', { lines: [socket as number] });
}

async function timed<Value>(steps: Steps, name: string, work: () => Promise<Value>): Promise<Value> {
  const began = performance.now();
  const value = await work();
  steps[name] ??= [];
  steps[name].push(performance.now() - began);
  return value;
}

function lineOf({ medium }: Stage, id: string, what: string, steps: Steps): Metric {
  const parts = Object.values(steps);
  const sums = (parts[0] ?? []).map((_, guest) => parts.reduce((sum, part) => sum + (part[guest] ?? 0), 0));
  const named = Object.entries(steps).map(([name, times]) => `${name} ${median(times).toFixed(1)} ms`);
  return compare({
    id,
    what,
    unit: 'ms',
    medium,
    ours: sums,
    note: `round trips, p50: ${named.join(' · ')}`,
  });
}
