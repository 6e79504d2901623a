/** Variables by name, for example `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The four variables that name a Supabase project: hosted, or `supabase start`'s. */
export interface Project {
  supabaseUrl: string;
  anonKey: string;
  serviceRoleKey: string;
  databaseUrl: string;
}

const names = {
  supabaseUrl: 'SUPABASE_URL',
  anonKey: 'SUPABASE_ANON_KEY',
  serviceRoleKey: 'SUPABASE_SERVICE_ROLE_KEY',
  databaseUrl: 'DATABASE_URL',
} as const satisfies Record<keyof Project, string>;

/**
 * The project the environment names, or null when it names none.
 * Throws a sentence for people when only some of the variables are set: a mixture of a real project and the local
 * stand-in would sign people in at one and store them in the other.
 */
export function projectFromEnvironment(env: Environment): Project | null {
  const entries = Object.entries(names) as [keyof Project, string][];
  const missing = entries.filter(([, name]) => !env[name]).map(([, name]) => name);
  if (missing.length === entries.length) return null;
  if (missing.length > 0) {
    throw new Error(
      `To use your own Supabase project, set all four variables. Missing: ${missing.join(', ')}. ` +
        'To use the local stand-in, set none of them.',
    );
  }
  return Object.fromEntries(entries.map(([key, name]) => [key, env[name]])) as unknown as Project;
}

/** The variables of `wrangler.toml` that the environment sets otherwise, for example LIMITS. */
export function varsFromEnvironment(known: readonly string[], env: Environment): Record<string, string> {
  return Object.fromEntries(
    known.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])),
  );
}
