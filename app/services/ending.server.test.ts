import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { endInOrder } from './ending.server.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('no socket is closed while its session could still get a newer token', async () => {
  const auth = Promise.withResolvers<void>();
  const closeSockets = vi.fn(async () => {});
  const over = endInOrder(auth.promise, closeSockets);
  await vi.advanceTimersByTimeAsync(500);
  expect(closeSockets).not.toHaveBeenCalled();
  auth.resolve();
  await over;
  expect(closeSockets).toHaveBeenCalledOnce();
});

test('sockets don’t wait for an Auth that takes its time, and are closed once more when it is done', async () => {
  const auth = Promise.withResolvers<void>();
  const closeSockets = vi.fn(async () => {});
  const over = endInOrder(auth.promise, closeSockets);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(closeSockets).toHaveBeenCalledOnce();
  auth.resolve();
  await over;
  expect(closeSockets).toHaveBeenCalledTimes(2);
});
