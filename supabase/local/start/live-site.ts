import { rm } from 'node:fs/promises';
import path from 'node:path';
import { buildSite, copySite } from './site/build.ts';
import type { WorkerSetup } from './worker/messages.ts';
import { type WorkerEvents, WorkerProcess } from './worker/worker.ts';

/**
 * The Worker of a development run, and what is needed to replace it by a newer build: each build runs from a copy of
 * its own, so a broken one leaves the last good one running.
 */
export class LiveSite {
  readonly #folder: string;
  readonly #worker: WorkerProcess;
  readonly #setup: Omit<WorkerSetup, 'siteDir'>;
  #version = '';
  #copies = 0;
  #stopped = false;

  /** `folder` is for the copies; `setup` says everything but where the built site is. */
  constructor(folder: string, setup: Omit<WorkerSetup, 'siteDir'>, events: WorkerEvents = {}) {
    this.#folder = folder;
    this.#setup = setup;
    this.#worker = new WorkerProcess({
      ...events,
      lost: () => {
        events.lost?.();
        // The host died, not workerd alone, which it would have started again itself.
        if (!this.#stopped) void this.#run().catch((error: unknown) => events.output?.(`${error}\n`));
      },
    });
  }

  /** Runs what `buildSite` has made last. */
  async start(version: string, signal?: AbortSignal): Promise<void> {
    this.#version = version;
    const before = this.#siteDir();
    this.#copies++;
    await copySite(this.#siteDir(), signal);
    signal?.throwIfAborted();
    await this.#run();
    await rm(before, { recursive: true, force: true });
  }

  /** Builds what has changed and runs it. Returns the parts built, none when nothing had changed. Throws when a build fails. */
  async refresh(signal?: AbortSignal): Promise<string[]> {
    const { version, built } = await buildSite(signal ? { signal } : {});
    if (version === this.#version) return [];
    await this.start(version, signal);
    return built;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#worker.stop();
  }

  #siteDir(): string {
    return path.join(this.#folder, String(this.#copies));
  }

  #run(): Promise<void> {
    return this.#worker.run({ ...this.#setup, siteDir: this.#siteDir() });
  }
}
