import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLoadRoom, renewOnce } from './load-room.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('asks once for whoever asks meanwhile and afterwards', async () => {
  const load = vi.fn(async () => 'room');
  const room = createLoadRoom(load, vi.fn());
  expect(await Promise.all([room(), room()])).toEqual(['room', 'room']);
  await room();
  expect(load).toHaveBeenCalledTimes(1);
});

it('a failure is forgotten, and the next call tries again', async () => {
  const renew = vi.fn();
  const load = vi.fn(async () => 'room').mockRejectedValueOnce(new Error('line'));
  const room = createLoadRoom(load, renew);
  await expect(room()).rejects.toThrow('line');
  expect(await room()).toBe('room');
  expect(renew).not.toHaveBeenCalled();
});

it('a request that nobody answers ends, and the next one may have more luck', async () => {
  const load = vi.fn(async () => 'room').mockImplementationOnce(() => new Promise(() => {}));
  const room = createLoadRoom(load, vi.fn());
  const first = expect(room()).rejects.toThrow('late');
  await vi.advanceTimersByTimeAsync(15_000);
  await first;
  expect(await room()).toBe('room');
});

it('what fails again is of a release that is gone: the newest is fetched, once a session', async () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as unknown as Storage;
  const reload = vi.fn();
  let online = false;
  const room = createLoadRoom(
    () => Promise.reject(new Error('404')),
    () =>
      renewOnce(
        () => storage,
        () => online,
        reload,
      ),
  );
  for (let call = 0; call < 3; call += 1) await room().catch(() => {});
  expect(reload).not.toHaveBeenCalled();
  online = true;
  for (let call = 0; call < 3; call += 1) await room().catch(() => {});
  expect(reload).toHaveBeenCalledTimes(1);
});

it('where the browser refuses its storage the panel stays as it is: what was written is only here', () => {
  const reload = vi.fn();
  const refused = () => {
    throw new Error('refused');
  };
  renewOnce(refused, () => true, reload);
  expect(reload).not.toHaveBeenCalled();
});
