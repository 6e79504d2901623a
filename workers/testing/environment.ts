/** The Worker's variables as a deployment sets them, for tests that need no binding; `change` replaces or adds. */
export function testEnv(change: Partial<Record<keyof Env, unknown>> = {}): Env {
  const variables: Partial<Record<keyof Env, unknown>> = {
    ALLOWED_ORIGINS: '',
    LIMITS: '{}',
    INGEST_LANES: '2',
    ROOM_JURISDICTION: '',
    SUPABASE_URL: 'https://project.supabase.test',
    SUPABASE_ANON_KEY: 'anon',
    SUPABASE_SERVICE_ROLE_KEY: 'service',
    TICKET_SECRET: 'a secret for tests, long enough to be one',
  };
  return { ...variables, ...change } as unknown as Env;
}
