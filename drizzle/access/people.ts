/** Everybody the matrix speaks of: the rows of every table in `tables/`. */
export const people = [
  'anon',
  'authenticated, nobody',
  'guest A',
  'guest B',
  'registered',
  'agent',
  'deactivated agent',
  'guest with an agent’s row',
  'admin',
  'deactivated admin',
  'the room',
  'service role',
] as const;
export type PersonName = (typeof people)[number];

/** The roles of the database that these are to Postgres. */
export const apiRoles = ['anon', 'authenticated', 'chat_room', 'service_role'] as const;
export type ApiRole = (typeof apiRoles)[number];

/** Whose account is which. Fixed, so that a table can be read: the database they live in is the matrix's own. */
export const ID = {
  'guest A': '0000000a-0000-4000-8000-000000000000',
  'guest B': '0000000b-0000-4000-8000-000000000000',
  registered: '0000000c-0000-4000-8000-000000000000',
  agent: '0000000d-0000-4000-8000-000000000000',
  'deactivated agent': '0000000e-0000-4000-8000-000000000000',
  'guest with an agent’s row': '0000000f-0000-4000-8000-000000000000',
  admin: '00000010-0000-4000-8000-000000000000',
  'deactivated admin': '00000011-0000-4000-8000-000000000000',
  /** An account that has nothing yet, for rows that a probe tries to make. */
  'somebody new': '00000012-0000-4000-8000-000000000000',
} as const;

const ANONYMOUS: readonly PersonName[] = ['guest A', 'guest B', 'guest with an agent’s row'];

export function roleOf(person: PersonName): ApiRole {
  switch (person) {
    case 'anon':
      return 'anon';
    case 'the room':
      return 'chat_room';
    case 'service role':
      return 'service_role';
    default:
      return 'authenticated';
  }
}

/** What the token of a person says, as the Store hands it to Postgres. */
export function claimsOf(person: PersonName): Record<string, unknown> {
  const role = roleOf(person);
  if (!(person in ID)) return { role };
  // What anybody can write into their own token's metadata must not count.
  const user_metadata = { role: 'admin', is_agent: true, is_anonymous: false };
  const sub = ID[person as keyof typeof ID];
  return { role, sub, is_anonymous: ANONYMOUS.includes(person), user_metadata };
}
