import { describe, expect, it } from 'vitest';
import { safeNext } from './safe-next.ts';

describe('safeNext', () => {
  it('keeps a page of the desk, with its query', () => {
    expect(safeNext('/agent/conversations/1?tab=mine')).toBe('/agent/conversations/1?tab=mine');
    expect(safeNext('/agent')).toBe('/agent');
  });

  it.each([
    'https://evil.example/agent',
    '//evil.example/agent',
    '/\\evil.example/agent',
    '/\t/evil.example/agent',
    'javascript:alert(1)',
    'agent',
    '',
    null,
    undefined,
  ])('never leads to another site: %j', (next) => {
    expect(safeNext(next)).toBe('/agent');
  });

  it('never leads out of the desk', () => {
    expect(safeNext('/pricing')).toBe('/agent');
    expect(safeNext('/agentless')).toBe('/agent');
    expect(safeNext('/agent/../pricing')).toBe('/agent');
  });

  it('never leads to the sign-in page or to a form’s target', () => {
    expect(safeNext('/agent/login?next=/agent')).toBe('/agent');
    expect(safeNext('/agent/logout')).toBe('/agent');
    expect(safeNext('/agent/refresh')).toBe('/agent');
  });

  it('turns the data request of a page into the page', () => {
    expect(safeNext('/agent/conversations/1.data?_routes=routes%2Fagent')).toBe('/agent/conversations/1');
  });
});
