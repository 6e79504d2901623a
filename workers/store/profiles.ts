import { eq, sql } from 'drizzle-orm';
import { profiles } from '../../drizzle/schema/index.ts';
import type { Transaction } from './database.ts';

/** What a registered person has told of themselves. */
export interface Profile {
  fullName: string | null;
  email: string | null;
  phone: string | null;
  /** Years. */
  age: number | null;
  nationality: string | null;
  /** BCP 47. */
  locale: string | null;
}

/** The profile of the person of the transaction's claims; null while there is none. */
export async function ownProfile(tx: Transaction, id: string): Promise<Profile | null> {
  const [row] = await tx
    .select({
      fullName: profiles.fullName,
      email: profiles.email,
      phone: profiles.phone,
      age: profiles.age,
      nationality: profiles.nationality,
      locale: profiles.locale,
    })
    .from(profiles)
    .where(eq(profiles.id, id));
  return row ?? null;
}

/** Writes the given fields and leaves the others as they are. */
export async function saveProfile(tx: Transaction, id: string, change: Partial<Profile>): Promise<void> {
  await tx
    .insert(profiles)
    .values({ id, ...change })
    .onConflictDoUpdate({ target: profiles.id, set: { ...change, updatedAt: sql`now()` } });
}

/** The address as it is now; the name only where the person has given none yet. */
export async function rememberPerson(
  tx: Transaction,
  id: string,
  { email, fullName }: Pick<Profile, 'email' | 'fullName'>,
): Promise<void> {
  await tx
    .insert(profiles)
    .values({ id, email, fullName })
    .onConflictDoUpdate({
      target: profiles.id,
      set: {
        email,
        fullName: sql`coalesce(${profiles.fullName}, excluded.full_name)`,
        updatedAt: sql`now()`,
      },
    });
}
