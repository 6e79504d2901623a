import { deliverDatabase, socketio, sparse } from './database.ts';
import { deliver } from './deliver.ts';
import { drain } from './drain.ts';
import { fanOut } from './fan-out.ts';
import { firstMessage } from './first-message.ts';
import { growth } from './growth.ts';
import { manyRooms } from './many-rooms.ts';
import type { Bench } from './metric.ts';
import { resume } from './resume.ts';
import { fiftyRooms, hotRoom } from './throughput.ts';
import { wake } from './wake.ts';

/** Every measurement, in its order: what sleeps comes last, since it falls asleep meanwhile. */
export const benches: readonly Bench[] = [
  deliver,
  ...deliverDatabase,
  sparse,
  hotRoom,
  fiftyRooms,
  socketio,
  fanOut,
  resume,
  firstMessage,
  manyRooms,
  growth,
  drain,
  wake,
];
