import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { rules } from './catalogue.ts';
import { type OwnDatabase, ownDatabase } from './database.ts';
import { functions } from './functions.ts';
import { type Miss, play, probes } from './probes.ts';
import { setScene } from './scene.ts';
import { tables } from './tables/index.ts';

/** The matrix: role × table × verb × column, every function, and the rules of the whole database. */

let database: OwnDatabase;
let misses: Miss[];
let asked: string[];

beforeAll(async () => {
  const { adminUrl, databaseUrl } = inject('backend');
  database = await ownDatabase(adminUrl, databaseUrl);
  await setScene(database.sql);
  const all = await probes(database.sql);
  misses = await play(database.sql, all);
  asked = all.map(({ about }) => about);
}, 60_000);
afterAll(() => database?.drop());

const missed = (about: string) =>
  misses
    .filter((miss) => miss.about === about)
    .map(({ name, expected, got }) => `${name}: expected ${expected}, got ${got}`);

describe('everybody may do with a table what the matrix says, and nothing else', () => {
  test.each(tables.map(({ name }) => name))('%s', (name) => {
    expect(asked.filter((about) => about === name).length).toBeGreaterThan(100);
    expect(missed(name)).toEqual([]);
  });
});

describe('everybody may call a function that the matrix gives them, and gets the answer meant for them', () => {
  test.each(Object.keys(functions))('%s', (signature) => {
    expect(asked.filter((about) => about === signature).length).toBeGreaterThan(10);
    expect(missed(signature)).toEqual([]);
  });
});

test('nobody reaches Auth’s tables, makes anything, or becomes anybody', () => {
  expect([...missed('auth'), ...missed('database')]).toEqual([]);
});

describe('of the whole database', () => {
  test.each(rules)('$name', async ({ broken }) => {
    expect(await broken(database.sql)).toEqual([]);
  });
});
