import { sql } from 'drizzle-orm';
import { check, integer, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { authenticatedRole, authUsers } from 'drizzle-orm/supabase';
import { instant } from './columns.ts';
import { currentUser, isAgent, isRegistered } from './predicates.ts';

/** What a registered person has told of themselves. Guests have none; the Worker alone writes it. */
export const profiles = pgTable(
  'profiles',
  {
    id: uuid('id')
      .primaryKey()
      .references(() => authUsers.id, { onDelete: 'cascade' }),
    fullName: text('full_name'),
    /** As Auth had it when they last signed in or changed it; shown to agents, never what somebody is known by. */
    email: text('email'),
    phone: text('phone'),
    age: integer('age'),
    nationality: text('nationality'),
    /** The language they want to be spoken to in, BCP 47. */
    locale: text('locale'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  () => [
    check('profiles_full_name', sql`length(btrim(full_name)) between 1 and 80`),
    check('profiles_email', sql`length(email) <= 320`),
    check('profiles_phone', sql`length(phone) between 3 and 40`),
    check('profiles_age', sql`age between 0 and 130`),
    check('profiles_nationality', sql`length(btrim(nationality)) between 1 and 80`),
    check('profiles_locale', sql`length(locale) between 2 and 35`),
    pgPolicy('registered_read_own_profile', {
      for: 'select',
      to: authenticatedRole,
      using: sql`id = ${currentUser} and ${isRegistered}`,
    }),
    pgPolicy('agents_read_profiles', { for: 'select', to: authenticatedRole, using: isAgent }),
  ],
);
