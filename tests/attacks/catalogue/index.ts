import type { Group } from '../attack.ts';
import { access } from './access.ts';
import { bringing } from './bringing.ts';
import { csrf } from './csrf.ts';
import { edge } from './edge.ts';
import { endings } from './endings.ts';
import { fields } from './fields.ts';
import { floods } from './floods.ts';
import { frames } from './frames.ts';
import { identity } from './identity.ts';
import { injection } from './injection.ts';
import { logs } from './logs.ts';
import { origins } from './origins.ts';
import { pages } from './pages.ts';
import { paths } from './paths.ts';
import { people } from './people.ts';
import { races } from './races.ts';
import { onTables } from './tables.ts';
import { texts } from './texts.ts';

/** By programs, over HTTP and sockets, and on the database. */
export const byPrograms: readonly Group[] = [
  onTables,
  frames,
  texts,
  identity,
  people,
  bringing,
  endings,
  races,
  access,
  origins,
  paths,
  injection,
];

/** By programs that try much: every field, as often as they like. */
export const inMasses: readonly Group[] = [fields, floods, edge, csrf];

/** By pages, in a real browser. */
export const byPages: readonly Group[] = [pages];

/** What the Worker wrote down of all that: comes last. */
export const afterwards: readonly Group[] = [logs];
