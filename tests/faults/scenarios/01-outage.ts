import type { Fault, Scene } from '../harness/play.ts';
import type { Stage } from '../harness/stage.ts';
import { startTraffic } from '../harness/traffic.ts';
import { sleep, until } from '../harness/until.ts';

/** Seconds that an access token lives here; the outage is longer. */
const TOKEN_LIFETIME = 5;

/**
 * Postgres and Auth go away together in mid-traffic, for longer than any token lives and any back-off lasts. Meanwhile
 * everybody loses their socket, some their page, and the Worker its memory.
 */
export const outage: Fault = {
  number: 1,
  title: 'Postgres and Auth away, people reconnecting',
  tokenLifetime: TOKEN_LIFETIME,
  async play(scene) {
    const { world, length } = scene;
    const full = length === 'full';
    const seconds = full ? 40 : TOKEN_LIFETIME + 2;
    const stage = await scene.stage({ rooms: full ? 30 : 8, lines: true });
    const each = full ? 150 : 30;
    const traffic = startTraffic(stage, {
      messages: stage.tabs.length * each,
      pace: (seconds * 1_000 * (full ? 1.8 : 1.4)) / each,
      backlog: 200,
    });
    await traffic.reached(0.15);
    // That is written, not sent: whoever has not been welcomed yet has no ticket to come back on.
    await until('everybody to be welcomed', () => isOnline(stage));

    await world.auth.stop();
    await world.backend.postgres.stop();
    const healed = sleep(seconds * 1_000);
    try {
      await meanwhile(scene, stage);
      await healed;
    } finally {
      // Whatever was not kept: the faults after this one need them.
      await world.backend.postgres.restart();
      await world.auth.restart();
    }
    await traffic.done;
  },
};

const isOnline = (stage: Stage) => stage.tabs.every((tab) => tab.snapshot().connection === 'online');

async function meanwhile({ world, random, promise }: Scene, stage: Stage): Promise<void> {
  const { recording } = stage;
  const visitor = stage.rooms[0]?.visitor;
  // Tokens that were good when it began are not any more; it is the tickets that open the sockets.
  await sleep(TOKEN_LIFETIME * 1_000);
  await world.worker.kill();
  await world.worker.restart();
  const from = performance.now();
  for (const { line } of stage.rooms) line?.cut();
  await until('everybody to be back on their tickets', () => isOnline(stage));
  const acksBefore = recording.acks.length;
  await until('messages to be acked and delivered without Postgres', () => {
    const acked = recording.acks.length - acksBefore >= stage.tabs.length / 2;
    return acked || performance.now() - from > 20_000;
  });
  promise('acks go on from the room', recording.acks.length > acksBefore);

  const asked = await fetch(`${world.worker.url}/api/session`, { method: 'POST', body: '{}' });
  promise(
    `a new session is a 503 with Retry-After (${asked.status})`,
    asked.status === 503 && Number(asked.headers.get('Retry-After')) > 0,
  );
  const health = await world.health();
  promise('/healthz says what is away', !health.database && !health.auth);
  promise('/healthz says who is behind', (health.behind?.rooms ?? 0) > 0);

  // A page that is loaded now has no ticket, and its token has run out: it waits, and is not signed out.
  const reloaded = random.pick(stage.rooms).visitorTabs[0];
  reloaded?.reload();
  await sleep(500);
  promise(
    'nobody is signed out by silence',
    stage.tabs.every((tab) => !['signed_out', 'forbidden', 'not_found'].includes(tab.snapshot().connection)),
  );
  if (visitor) {
    const renewed = await visitor.credentials('refused').then(
      (answer) => (answer === null ? 'no' : 'yes'),
      () => 'unknown',
    );
    promise(`a session can't be refused by silence (${renewed})`, renewed === 'unknown');
  }
}
