import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../app/protocol/limits.ts';
import { settingsOf } from './env.ts';
import { testEnv } from './testing/environment.ts';

const read = (file: string) => readFile(new URL(file, import.meta.url), 'utf8');

test('the bindings and variables of wrangler.toml are those the code knows', async () => {
  const config = await read('../wrangler.toml');
  const bindings = [...config.matchAll(/^(?:binding|name) = "([A-Z_]+)"/gmu)].map(([, name]) => name);
  const variables = [...(config.split('[vars]')[1] ?? '').matchAll(/^([A-Z_]+) = /gmu)].map(
    ([, name]) => name,
  );
  const secrets = /^# Secrets, .*: (.*)$/mu.exec(config)?.[1]?.split(', ') ?? [];

  const declared = /interface Env \{([^}]*)\}/u.exec(await read('./env.ts'))?.[1] ?? '';
  const known = [...declared.matchAll(/^\s+([A-Z_]+):/gmu)].map(([, name]) => name);

  expect(known.length).toBeGreaterThan(10);
  expect([...bindings, ...variables, ...secrets].toSorted()).toEqual(known.toSorted());
});

test('without a word about them, limits are the defaults', () => {
  expect(settingsOf(testEnv()).limits).toEqual(DEFAULT_LIMITS);
  expect(settingsOf(testEnv({ LIMITS: '' })).limits).toEqual(DEFAULT_LIMITS);
});

test('a limit that is named is raised, the others stay', () => {
  expect(settingsOf(testEnv({ LIMITS: '{"messageBurst":1000}' })).limits).toEqual({
    ...DEFAULT_LIMITS,
    messageBurst: 1_000,
  });
});

test('variables are read as they are meant', () => {
  const settings = settingsOf(
    testEnv({
      ALLOWED_ORIGINS: ' https://a.test  https://b.test\n',
      INGEST_LANES: '4',
      ROOM_JURISDICTION: 'eu',
      SUPABASE_URL: 'https://project.supabase.test/',
    }),
  );
  expect(settings).toMatchObject({
    allowedOrigins: ['https://a.test', 'https://b.test'],
    ingestLanes: 4,
    roomJurisdiction: 'eu',
    supabaseUrl: 'https://project.supabase.test',
  });
  expect(settingsOf(testEnv()).roomJurisdiction).toBeNull();
});

test.each([
  ['LIMITS', '{"messageBursts":1}'],
  ['LIMITS', '{"messageBurst":"many"}'],
  ['LIMITS', '{"messageBurst":-1}'],
  ['LIMITS', '{'],
  ['INGEST_LANES', '0'],
  ['INGEST_LANES', 'two'],
  ['ROOM_JURISDICTION', 'moon'],
  ['SUPABASE_URL', 'project'],
  ['SUPABASE_ANON_KEY', ''],
  ['SUPABASE_SERVICE_ROLE_KEY', undefined],
  ['TICKET_SECRET', 'short'],
  ['TICKET_SECRET', undefined],
  ['TURNSTILE_SITE_KEY', 'only'],
  ['TURNSTILE_SECRET', 'only'],
  ['TURNSTILE_VERIFY_URL', 'nowhere'],
])('a mistake is named: %s = %j', (variable, value) => {
  const message = (() => {
    try {
      settingsOf(testEnv({ [variable]: value }));
      return 'none';
    } catch (error) {
      return String(error);
    }
  })();
  expect(message).toContain(variable);
});

test('what another environment’s settings were does not stick', () => {
  settingsOf(testEnv({ INGEST_LANES: '3' }));
  expect(settingsOf(testEnv({ INGEST_LANES: '5' })).ingestLanes).toBe(5);
});
