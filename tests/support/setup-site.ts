import { sharedSite } from './site.ts';

/** Global setup: builds what `startWorker` runs. */
export default async function setup(): Promise<() => Promise<void>> {
  const { release } = await sharedSite();
  return release;
}
