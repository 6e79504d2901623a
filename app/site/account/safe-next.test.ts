import { expect, test } from 'vitest';
import { safeSiteNext } from './safe-next.ts';

test('leads to pages of the site, with what they were asked', () => {
  expect(safeSiteNext('/pricing?plan=gold')).toBe('/pricing?plan=gold');
  expect(safeSiteNext('/')).toBe('/');
  expect(safeSiteNext('/account.data?_routes=x')).toBe('/account');
});

test.each([
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/a//evil.example',
  'https://evil.example/',
  'javascript:alert(1)',
  '',
  null,
  'account',
])('never leads to another site: %j', (next) => {
  expect(safeSiteNext(next)).toBe('/account');
});

test.each([
  '/agent',
  '/agent/login',
  '/api/session',
  '/auth/confirm?token_hash=x',
  '/login?next=/login',
  '/reset',
])('never leads where one doesn’t go back to: %s', (next) => {
  expect(safeSiteNext(next)).toBe('/account');
});
