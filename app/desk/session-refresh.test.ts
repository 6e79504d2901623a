import { expect, it, vi } from 'vitest';
import { refreshSession } from './session-refresh.ts';

it('asks once for everybody who asks at the same time, and again later', async () => {
  const ask = vi.fn<typeof fetch>().mockImplementation(async () => new Response(null, { status: 204 }));
  expect(await Promise.all([refreshSession(ask), refreshSession(ask)])).toEqual([true, true]);
  expect(ask).toHaveBeenCalledTimes(1);
  await refreshSession(ask);
  expect(ask).toHaveBeenCalledTimes(2);
});

it('takes only a definite no for a no', async () => {
  expect(await refreshSession(async () => new Response(null, { status: 401 }))).toBe(false);
  await expect(refreshSession(async () => new Response(null, { status: 503 }))).rejects.toThrow('503');
});
