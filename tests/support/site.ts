import { rm } from 'node:fs/promises';
import { buildSite, copySite } from '../../supabase/local/start/site/build.ts';
import { shared, temporaryFolder } from './shared.ts';

/** Names the folder of the run's built site to the processes the tests run in. */
const VARIABLE = 'WELLCHINA_TEST_SITE';

/**
 * The real build, brought up to date once a run and copied away, so that edits and other builds do not reach the tests.
 * The value is the folder a Worker runs from.
 */
export const sharedSite = shared('site', async () => {
  await buildSite();
  const folder = await temporaryFolder('site');
  await copySite(folder);
  process.env[VARIABLE] = folder;
  return {
    value: folder,
    end: async () => {
      delete process.env[VARIABLE];
      await rm(folder, { recursive: true, force: true });
    },
  };
});

/** The folder a Worker runs from: the run's, or one built now when no run has made one. */
export async function siteFolder(): Promise<string> {
  return process.env[VARIABLE] ?? (await sharedSite()).value;
}
