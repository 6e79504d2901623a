import { expect, test } from 'vitest';
import { projectFromEnvironment, varsFromEnvironment } from './environment.ts';

const all = {
  SUPABASE_URL: 'https://abc.supabase.co',
  SUPABASE_ANON_KEY: 'anon',
  SUPABASE_SERVICE_ROLE_KEY: 'service',
  DATABASE_URL: 'postgres://db',
};

test('without variables the stand-in is used', () => {
  expect(projectFromEnvironment({ PATH: '/bin' })).toBeNull();
});

test('with all four the project is used', () => {
  expect(projectFromEnvironment(all)).toEqual({
    supabaseUrl: 'https://abc.supabase.co',
    anonKey: 'anon',
    serviceRoleKey: 'service',
    databaseUrl: 'postgres://db',
  });
});

test('some but not all is refused, with the names that are missing', () => {
  const { DATABASE_URL: _, ...some } = all;
  expect(() => projectFromEnvironment({ ...some, SUPABASE_ANON_KEY: '' })).toThrow(
    'Missing: SUPABASE_ANON_KEY, DATABASE_URL.',
  );
});

test('only variables the Worker knows are handed to it', () => {
  expect(varsFromEnvironment(['LIMITS', 'INGEST_LANES'], { LIMITS: '{"a":1}', HOME: '/root' })).toEqual({
    LIMITS: '{"a":1}',
  });
});
