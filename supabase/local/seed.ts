import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import postgres from 'postgres';

export interface SeedOptions {
  url: string;
  serviceRoleKey: string;
  /** The ordinary owner's connection. */
  databaseUrl: string;
}

export interface SeededAccount {
  email: string;
  password: string;
  name: string;
  /** Set for those who work at the desk. */
  desk?: 'agent' | 'admin';
}

/** The accounts a developer finds. The desk's are authorised by their row in `chat_agents`, by nothing else. */
export const seededAccounts: readonly SeededAccount[] = [
  { email: 'agent@wellchina.test', password: 'wellchina-agent', name: 'Support One', desk: 'agent' },
  { email: 'agent2@wellchina.test', password: 'wellchina-agent2', name: 'Support Two', desk: 'agent' },
  { email: 'admin@wellchina.test', password: 'wellchina-admin', name: 'Support Admin', desk: 'admin' },
  { email: 'visitor@example.test', password: 'wellchina-visitor', name: 'Vera Visitor' },
];

/**
 * Makes the seeded accounts that are missing, by the admin API and the owner's SQL alone, so it works on a hosted
 * project too. What is there stays as it is, changed passwords included. Throws what Auth or Postgres refuse.
 */
export async function seed(options: SeedOptions): Promise<void> {
  const supabase = createClient(options.url, options.serviceRoleKey, {
    auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false },
  });
  const sql = postgres(options.databaseUrl, {
    max: 1,
    onnotice: () => {},
    fetch_types: false,
    prepare: false,
  });
  try {
    const known = await sql<
      { id: string; email: string }[]
    >`select id, email from auth.users where email is not null`;
    const ids = new Map(known.map((user) => [user.email, user.id]));
    for (const account of seededAccounts) {
      const id = ids.get(account.email) ?? (await create(supabase, account));
      if (!account.desk) continue;
      await sql`
        insert into public.chat_agents (id, name, role, active)
        values (${id}, ${account.name}, ${account.desk}, true)
        on conflict (id) do nothing`;
    }
  } finally {
    await sql.end();
  }
}

async function create(supabase: SupabaseClient, account: SeededAccount): Promise<string> {
  const { data, error } = await supabase.auth.admin.createUser({
    email: account.email,
    password: account.password,
    email_confirm: true,
    ...(account.desk ? {} : { user_metadata: { full_name: account.name } }),
  });
  if (error) throw error;
  return data.user.id;
}
