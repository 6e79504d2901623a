import path from 'node:path';
import postgres from 'postgres';
import type { AuthSettings } from '../auth/settings.ts';
import { startBackend } from '../backend.ts';
import { migrate } from '../migrate.ts';
import { seed } from '../seed.ts';
import { type Environment, type Project, projectFromEnvironment } from './environment.ts';
import { root } from './paths.ts';

export interface OpenProject extends Project {
  /** Whether the seeded accounts can be told to people: true for the stand-in and for a project seeded just now. */
  seeded: boolean;
  stop(): Promise<void>;
}

/**
 * The Supabase project to run on, ready for use: the one that the environment names, or the stand-in in `dataDir`.
 * The stand-in asks people to confirm their addresses, in mails whose links lead to the site.
 * A named project gets the migrations it lacks, and the seeded accounts only when it has no agent at all.
 */
export async function openProject(
  dataDir: string,
  env: Environment,
  log: (line: string) => void,
  siteUrl: string,
): Promise<OpenProject> {
  const named = projectFromEnvironment(env);
  if (named) return { ...named, seeded: await prepare(named, log), stop: async () => {} };
  const backend = await startBackend({ dataDir, durable: true, log, settings: settingsFor(siteUrl) });
  const { supabaseUrl, anonKey, serviceRoleKey, databaseUrl } = backend;
  return { supabaseUrl, anonKey, serviceRoleKey, databaseUrl, seeded: true, stop: () => backend.stop() };
}

/** The stand-in's settings for a site at this origin: what `supabase/config.toml` says for a real project. */
export function settingsFor(siteUrl: string): Partial<AuthSettings> {
  const alsoAt = siteUrl.replace('//localhost', '//127.0.0.1');
  return {
    siteUrl,
    redirectUrls: [`${siteUrl}/**`, `${alsoAt}/**`],
    templates: path.join(root, 'supabase', 'templates'),
    autoconfirm: false,
  };
}

async function prepare(project: Project, log: (line: string) => void): Promise<boolean> {
  const { applied } = await migrate(project.databaseUrl, path.join(root, 'supabase', 'migrations'), { log });
  log(`migrations: ${applied.length} new`);
  const sql = postgres(project.databaseUrl, {
    max: 1,
    fetch_types: false,
    prepare: false,
    onnotice: () => {},
  });
  try {
    const [agent] = await sql`select 1 from public.chat_agents limit 1`;
    if (agent) {
      log('this project has agents: no accounts are seeded');
      return false;
    }
  } finally {
    await sql.end();
  }
  log('this project has no agents: seeding the demo accounts');
  await seed({
    url: project.supabaseUrl,
    serviceRoleKey: project.serviceRoleKey,
    databaseUrl: project.databaseUrl,
  });
  return true;
}
