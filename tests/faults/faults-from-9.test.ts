import { playedInShort } from './in-short.ts';
import { faults } from './scenarios/index.ts';

playedInShort(faults.filter(({ number }) => number > 8));
