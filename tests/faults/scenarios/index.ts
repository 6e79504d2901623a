import type { Fault } from '../harness/play.ts';
import { cutAfterCommit } from './02-cut-after-commit.ts';
import { killed } from './04-kill.ts';
import { badLines } from './12-bad-lines.ts';
import { twoTabs } from './13-two-tabs.ts';

/** Every fault that the design promises to survive, in the order. */
export const faults: readonly Fault[] = [cutAfterCommit, killed, badLines, twoTabs];
