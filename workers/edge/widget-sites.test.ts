import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testEnv } from '../testing/environment.ts';
import { forgetWidgetOrigins, frameAncestors, widgetOrigins } from './widget-sites.ts';

const SHOP = 'https://shop.example';

/** Postgres and the lobby, as far as they matter here. */
class Scene {
  /** What Postgres says; null while it is away. */
  listed: string[] | null = [SHOP];
  kept: string[] | null = null;
  reads = 0;
  readonly #waiting: Promise<unknown>[] = [];
  readonly ctx = { waitUntil: (work: Promise<unknown>) => void this.#waiting.push(work) };

  /** A Worker that has just started. */
  isolate(): Env {
    return testEnv({
      STORE: {
        widgetOrigins: async () => {
          this.reads++;
          return this.listed ? { ok: true, origins: this.listed } : { ok: false, code: 'unavailable' };
        },
      },
      LOBBY: {
        getByName: () => ({
          keepWidgetOrigins: async (origins: string[]) => {
            this.kept = origins;
          },
          keptWidgetOrigins: async () => this.kept,
        }),
      },
    });
  }
}

let scene: Scene;
beforeEach(() => {
  vi.useFakeTimers();
  scene = new Scene();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the list is read once a minute, however many frames are loaded', async () => {
  const env = scene.isolate();
  for (let count = 0; count < 50; count++) expect(await widgetOrigins(env, scene.ctx)).toEqual([SHOP]);
  expect(scene.reads).toBe(1);
  scene.listed = [];
  vi.advanceTimersByTime(59_000);
  expect(await widgetOrigins(env, scene.ctx)).toEqual([SHOP]);
  vi.advanceTimersByTime(1_001);
  expect(await widgetOrigins(env, scene.ctx)).toEqual([]);
});

test('an admin’s change holds at once where it was made', async () => {
  const env = scene.isolate();
  await widgetOrigins(env, scene.ctx);
  scene.listed = [SHOP, 'https://new.example'];
  forgetWidgetOrigins(env);
  expect(await widgetOrigins(env, scene.ctx)).toEqual(scene.listed);
});

test('an outage takes the widget off no site: not where it was known, nor in a Worker that has just started', async () => {
  const env = scene.isolate();
  await widgetOrigins(env, scene.ctx);
  scene.listed = null;
  vi.advanceTimersByTime(3_600_000);
  expect(await widgetOrigins(env, scene.ctx)).toEqual([SHOP]);
  expect(await widgetOrigins(scene.isolate(), scene.ctx)).toEqual([SHOP]);
});

test('while Postgres is away it is asked every few seconds, not for every frame', async () => {
  scene.listed = null;
  const env = scene.isolate();
  for (let count = 0; count < 50; count++) await widgetOrigins(env, scene.ctx);
  expect(scene.reads).toBe(1);
  vi.advanceTimersByTime(5_001);
  scene.listed = [SHOP];
  expect(await widgetOrigins(env, scene.ctx)).toEqual([SHOP]);
});

test('nobody waits for a Postgres that says nothing', async () => {
  const env = scene.isolate();
  Object.assign(env.STORE, { widgetOrigins: () => new Promise(() => {}) });
  const asking = widgetOrigins(env, scene.ctx);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await asking).toEqual([]);
});

test('an empty list is nobody but ourselves; on a developer’s machine, every page on it', async () => {
  scene.listed = [];
  const env = scene.isolate();
  expect(await frameAncestors(env, scene.ctx, new URL('https://chat.example/widget'))).toEqual([]);
  const local = ['http://localhost:*', 'http://127.0.0.1:*'];
  expect(await frameAncestors(env, scene.ctx, new URL('http://localhost:8787/widget'))).toEqual(local);
  expect(await frameAncestors(env, scene.ctx, new URL('https://localhost.evil.example/widget'))).toEqual([]);
});
