import { defineConfig } from 'drizzle-kit';

// `npm run db:generate -- --name add_something` writes the next file of supabase/migrations.
export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle/schema/index.ts',
  out: './supabase/migrations',
  migrations: { prefix: 'supabase' },
  schemaFilter: ['public'],
  entities: { roles: { provider: 'supabase', include: [] } },
});
