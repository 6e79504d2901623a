import type { Fault } from '../harness/play.ts';
import { outage } from './01-outage.ts';
import { cutAfterCommit } from './02-cut-after-commit.ts';
import { slowPostgres } from './03-slow-postgres.ts';
import { killed } from './04-kill.ts';
import { evictedClosing, evictedHibernating } from './05-06-eviction.ts';
import { deployed } from './07-deploy.ts';
import { oldClients } from './08-old-clients.ts';
import { badAlarms } from './09-alarms.ts';
import { resetAfterInsert, throwsAfterInsert } from './10-11-inserts.ts';
import { badLines } from './12-bad-lines.ts';
import { twoTabs } from './13-two-tabs.ts';
import { poisoned } from './14-poison.ts';
import { manyRooms } from './15-many-rooms.ts';

/** Every fault that the design promises to survive, in the order. */
export const faults: readonly Fault[] = [
  outage,
  cutAfterCommit,
  slowPostgres,
  killed,
  evictedHibernating,
  evictedClosing,
  deployed,
  oldClients,
  badAlarms,
  resetAfterInsert,
  throwsAfterInsert,
  badLines,
  twoTabs,
  poisoned,
  manyRooms,
];
