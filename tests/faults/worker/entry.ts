/**
 * The product's Worker with a saboteur around its room: for the fault tests only. The bundler puts the deployed bundle
 * in place of `workers/app.ts`, so what is wrapped is what runs in production, to the byte.
 */
import unsafe from 'workerd:unsafe';
import product, { IngestLane, Lobby, ConversationRoom as Room, Store } from '../../../workers/app.ts';
import { ORDERS_PATH, type Order, orderSchema } from './orders.ts';

export { IngestLane, Lobby, Store };

/** Every object of a Worker lives in one isolate, so this is the rooms', too. By conversation. */
const plans = new Map<string, Plan>();

type Fails = Extract<Order, { do: 'insert' }>['fails'];

interface Plan {
  insert: { fails: Fails; left: number; every: number; seen: number } | null;
  alarm: { fails: 'lost' | 'doubled' | 'throws'; left: number } | null;
  laneThrows: number;
  happened: number;
  lives: number;
}

function planOf(room: string): Plan {
  const plan = plans.get(room) ?? { insert: null, alarm: null, laneThrows: 0, happened: 0, lives: 0 };
  plans.set(room, plan);
  return plan;
}

class Sabotage extends Error {}

/** The room whose next statement throws. */
let broken: string | null = null;

function sabotaged(ctx: DurableObjectState): DurableObjectState {
  const room = ctx.id.name ?? '';
  const { sql } = ctx.storage;
  const exec = sql.exec.bind(sql) as typeof sql.exec;
  sql.exec = ((statement: string, ...bindings: unknown[]) => {
    if (broken === room) {
      broken = null;
      throw new Sabotage();
    }
    const fails = statement.startsWith('insert into log') ? nextInsert(room) : null;
    if (fails === 'before') throw new Sabotage();
    const cursor = exec(statement, ...bindings);
    if (fails === 'reset') ctx.abort('sabotage');
    if (fails === 'later') broken = room;
    if (fails === 'after') throw new Sabotage();
    return cursor;
  }) as typeof sql.exec;
  return ctx;
}

function nextInsert(room: string): Fails | null {
  const plan = planOf(room);
  const { insert } = plan;
  if (!insert || insert.left === 0) return null;
  insert.seen += 1;
  if (insert.seen % insert.every !== 0) return null;
  insert.left -= 1;
  plan.happened += 1;
  return insert.fails;
}

/** The room's env, with a lane that throws when it was ordered to. */
function withBadLane(env: Env, room: string): Env {
  const lanes = {
    getByName: (name: string) => {
      const plan = planOf(room);
      if (plan.laneThrows === 0) return env.INGEST_LANE.getByName(name);
      plan.laneThrows -= 1;
      plan.happened += 1;
      return { ingest: () => Promise.reject(new Sabotage()) };
    },
  };
  return { ...env, INGEST_LANE: lanes as unknown as Env['INGEST_LANE'] };
}

export class ConversationRoom extends Room {
  constructor(ctx: DurableObjectState, env: Env) {
    super(sabotaged(ctx), withBadLane(env, ctx.id.name ?? ''));
    planOf(ctx.id.name ?? '').lives += 1;
  }

  override async alarm(): Promise<void> {
    const plan = planOf(this.ctx.id.name ?? '');
    const fails = plan.alarm && plan.alarm.left > 0 ? plan.alarm.fails : null;
    if (fails && plan.alarm) {
      plan.alarm.left -= 1;
      plan.happened += 1;
    }
    if (fails === 'lost') return;
    if (fails === 'throws') broken = this.ctx.id.name ?? '';
    if (fails === 'doubled') await Promise.all([super.alarm(), super.alarm()]);
    else await super.alarm();
  }

  sabotageSql(statement: string, bindings: (string | number | null)[]) {
    return this.ctx.storage.sql.exec(statement, ...bindings).toArray();
  }

  async sabotageWipe(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    await this.ctx.storage.sync();
    // After the answer has gone out.
    setTimeout(() => this.ctx.abort('wiped'), 0);
  }
}

async function follow(order: Order, env: Env): Promise<Response> {
  const plan = planOf(order.room);
  const stub = (env.CONVERSATION_ROOM as unknown as DurableObjectNamespace<ConversationRoom>).getByName(
    order.room,
  );
  let rows: unknown;
  switch (order.do) {
    case 'evict':
      // Refused when nobody is there to be evicted, which is as good.
      await unsafe.evict(stub, { webSockets: order.webSockets }).catch(() => {});
      break;
    case 'insert':
      plan.insert = { fails: order.fails, left: order.times, every: order.every, seen: 0 };
      break;
    case 'alarm':
      plan.alarm = { fails: order.fails, left: order.times };
      break;
    case 'lane':
      plan.laneThrows = order.times;
      break;
    case 'sql':
      rows = await stub.sabotageSql(order.statement, order.bindings);
      break;
    case 'wipe':
      await stub.sabotageWipe();
      break;
    case 'look':
      break;
    case 'calm':
      Object.assign(plan, { insert: null, alarm: null, laneThrows: 0 });
      break;
    default:
      throw new Error(`unknown order ${order satisfies never}`);
  }
  return Response.json({ rows, happened: plan.happened, lives: plan.lives });
}

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== ORDERS_PATH) return product.fetch(request, env, ctx);
    return follow(orderSchema.parse(await request.json()), env);
  },
} satisfies ExportedHandler<Env>;
