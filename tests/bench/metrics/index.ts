import { deliver } from './deliver.ts';
import { fanOut } from './fan-out.ts';
import type { Bench } from './metric.ts';
import { fiftyRooms, hotRoom } from './throughput.ts';

/** Every measurement, in the order of the table. */
export const benches: readonly Bench[] = [deliver, hotRoom, fiftyRooms, fanOut];
