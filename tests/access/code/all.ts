import { browser } from './browser.ts';
import { edge } from './edge.ts';
import { identity } from './identity.ts';
import type { CodeMutant } from './mutant.ts';
import { rooms } from './rooms.ts';

/** Every check of the code that can be taken out. */
export const codeMutants: readonly CodeMutant[] = [...identity, ...edge, ...rooms, ...browser];
