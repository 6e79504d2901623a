import type { Connection } from '../../workers/testing/postgres.ts';
import { functions } from './functions.ts';
import { apiRoles } from './people.ts';
import { operators, ours, roles, schemas, sequences } from './roles.ts';
import { tables } from './tables/index.ts';

/** A rule about the whole database: what it promises, and what breaks it (nothing, when it is kept). */
export interface Rule {
  name: string;
  broken(sql: Pick<Connection, 'unsafe'>): Promise<string[]>;
}

const list = async (sql: Pick<Connection, 'unsafe'>, query: string): Promise<string[]> =>
  (await sql.unsafe(query)).map((row) => String(Object.values(row)[0]));

/** What `there` has and `known` lacks, and the other way round. */
function compared(there: readonly string[], known: readonly string[]): string[] {
  return [
    ...there
      .filter((name) => !known.includes(name))
      .map((name) => `${name}: nothing is said of it in drizzle/access`),
    ...known.filter((name) => !there.includes(name)).map((name) => `${name}: it isn’t there`),
  ];
}

const spokenOf = (what: string, query: string, known: () => readonly string[]): Rule => ({
  name: `the matrix speaks of every ${what}`,
  broken: async (sql) => compared(await list(sql, query), known()),
});

const never = (name: string, query: string): Rule => ({ name, broken: (sql) => list(sql, query) });

const OURS = `n.nspname in (${ours.map((schema) => `'${schema}'`)})`;
const API = apiRoles.map((role) => `'${role}'`).join();
const NOT_EXTENSION = (oid: string) =>
  `not exists (select from pg_depend d where d.objid = ${oid} and d.deptype = 'e')`;
/** Somebody whom a request may be: the API's roles, and everybody at once. */
const ANYBODY = `(values ('anon'), ('authenticated'), ('chat_room'), ('service_role'), ('public')) as r (role)`;

const relation = 'from pg_class c join pg_namespace n on n.oid = c.relnamespace';

export const rules: readonly Rule[] = [
  spokenOf(
    'table and view',
    `select n.nspname || '.' || c.relname ${relation} where ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    () => tables.map(({ name }) => name),
  ),
  spokenOf(
    'function',
    `select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${OURS} and ${NOT_EXTENSION('p.oid')}`,
    () => Object.keys(functions),
  ),
  spokenOf(
    'sequence',
    `select n.nspname || '.' || c.relname ${relation} where ${OURS} and c.relkind = 'S'`,
    () => Object.keys(sequences),
  ),
  spokenOf(
    'policy',
    `select n.nspname || '.' || c.relname || ' · ' || polname from pg_policy join pg_class c on c.oid = polrelid
      join pg_namespace n on n.oid = c.relnamespace where ${OURS}`,
    () => tables.flatMap(({ name, policies }) => policies.map((policy) => `${name} · ${policy}`)),
  ),
  spokenOf(
    'check, unique index and foreign key',
    `select n.nspname || '.' || c.relname || ' · ' || conname from pg_constraint join pg_class c on c.oid = conrelid
        join pg_namespace n on n.oid = c.relnamespace where ${OURS} and contype in ('c', 'u', 'p', 'f', 'x')
      union
      select n.nspname || '.' || c.relname || ' · ' || i.relname from pg_index join pg_class c on c.oid = indrelid
        join pg_namespace n on n.oid = c.relnamespace join pg_class i on i.oid = indexrelid
        where ${OURS} and indisunique`,
    () =>
      tables.flatMap(({ name, refuses }) =>
        Object.keys(refuses).map((constraint) => `${name} · ${constraint}`),
      ),
  ),
  spokenOf(
    'trigger',
    `select n.nspname || '.' || c.relname || ' · ' || tgname from pg_trigger join pg_class c on c.oid = tgrelid
      join pg_namespace n on n.oid = c.relnamespace
      where not tgisinternal and (${OURS} or tgfoid in (select p.oid from pg_proc p join pg_namespace n
        on n.oid = p.pronamespace where ${OURS}))`,
    () => tables.flatMap(({ name, triggers = [] }) => triggers.map((trigger) => `${name} · ${trigger}`)),
  ),
  spokenOf(
    'role',
    `select rolname from pg_roles where rolname !~ '^pg_' and rolname not in (${operators.map((name) => `'${name}'`)})`,
    () => Object.keys(roles),
  ),
  spokenOf(
    'schema',
    `select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`,
    () => Object.keys(schemas),
  ),
  {
    name: 'a role becomes nobody but those it may',
    broken: async (sql) =>
      compared(
        await list(
          sql,
          `select m.rolname || ' → ' || g.rolname from pg_auth_members a join pg_roles m on m.oid = a.member
            join pg_roles g on g.oid = a.roleid where m.rolname !~ '^pg_'
              and m.rolname not in (${operators.map((name) => `'${name}'`)})`,
        ),
        Object.entries(roles).flatMap(([role, others]) => others.map((other) => `${role} → ${other}`)),
      ),
  },
  never(
    'no role of a request signs in, creates roles or databases, or passes row level security but the service role',
    `select rolname from pg_roles where rolname in (${API})
      and (rolcanlogin or rolsuper or rolcreaterole or rolcreatedb or rolreplication
        or (rolbypassrls and rolname <> 'service_role'))`,
  ),
  {
    name: 'a schema is open to those it is meant for',
    broken: async (sql) =>
      compared(
        await list(
          sql,
          `select n.nspname || ' · ' || role from pg_namespace n, (values ${apiRoles.map((role) => `('${role}')`)}) r (role)
            where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_schema_privilege(role, n.oid, 'usage')`,
        ),
        Object.entries(schemas).flatMap(([schema, open]) => open.map((role) => `${schema} · ${role}`)),
      ),
  },
  never(
    'nobody makes anything in a schema but its owner',
    `select n.nspname || ' · ' || role from pg_namespace n, ${ANYBODY}
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_schema_privilege(role, n.oid, 'create')`,
  ),
  {
    name: 'a sequence is open to those it is meant for',
    broken: async (sql) =>
      compared(
        await list(
          sql,
          `select n.nspname || '.' || c.relname || ' · ' || role ${relation}, ${ANYBODY}
            where ${OURS} and c.relkind = 'S' and has_sequence_privilege(role, c.oid, 'usage, select, update')`,
        ),
        Object.entries(sequences).flatMap(([name, open]) => open.map((role) => `${name} · ${role}`)),
      ),
  },
  // Not forced: their owner is who migrates, and whom functions of the `private` schema run as.
  never(
    'every table has row level security',
    `select n.nspname || '.' || c.relname ${relation} where ${OURS} and c.relkind in ('r', 'p') and not relrowsecurity`,
  ),
  never(
    'no table, view or function belongs to a role of a request',
    `select n.nspname || '.' || c.relname ${relation} where ${OURS} and pg_get_userbyid(c.relowner) in (${API})
      union all select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where ${OURS} and pg_get_userbyid(p.proowner) in (${API})`,
  ),
  never(
    'no view sees with its owner’s eyes',
    `select n.nspname || '.' || c.relname ${relation} where ${OURS} and c.relkind in ('v', 'm')
      and not coalesce(c.reloptions @> array['security_invoker=true'], false)`,
  ),
  never(
    'nothing is given of a table in the private schema',
    `select c.relname || ' · ' || pg_get_userbyid(a.grantee) || ' · ' || a.privilege_type ${relation},
        aclexplode(c.relacl) a where n.nspname = 'private' and a.grantee <> c.relowner
      union all select c.relname || '.' || t.attname || ' · ' || pg_get_userbyid(a.grantee) ${relation}
        join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a where n.nspname = 'private'`,
  ),
  never(
    'every privilege is given to a role by its name, never to everybody',
    `select n.nspname || '.' || c.relname ${relation}, aclexplode(c.relacl) a where ${OURS} and a.grantee = 0
      union all select n.nspname || '.' || c.relname || '.' || t.attname ${relation}
        join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a where ${OURS} and a.grantee = 0
      union all select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
        aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where ${OURS} and a.grantee = 0 and ${NOT_EXTENSION('p.oid')}`,
  ),
  never(
    'every privilege is a role’s to use, not to hand on',
    `select n.nspname || '.' || c.relname || ' · ' || pg_get_userbyid(a.grantee) ${relation}, aclexplode(c.relacl) a
      where ${OURS} and a.is_grantable and a.grantee <> c.relowner`,
  ),
  never(
    'every policy is for the authenticated',
    `select c.relname || ' · ' || polname from pg_policy join pg_class c on c.oid = polrelid
      where polroles <> array['authenticated'::regrole::oid]`,
  ),
  // Evaluated once a statement, not once a row.
  {
    name: 'every policy asks who somebody is in a sub-select',
    broken: async (sql) =>
      (
        await sql.unsafe(`select c.relname || ' · ' || polname as policy,
            concat_ws(' ', pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) as words
          from pg_policy join pg_class c on c.oid = polrelid`)
      )
        .filter(({ words }) => asksEveryRow(words as string))
        .map(({ policy }) => policy as string),
  },
  never(
    'every function of ours has its search path fixed',
    `select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${OURS} and ${NOT_EXTENSION('p.oid')} and not coalesce(p.proconfig @> array['search_path=""'], false)`,
  ),
  {
    name: 'a function runs with its owner’s rights where the matrix says so, and nowhere else',
    broken: async (sql) =>
      compared(
        await list(
          sql,
          `select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where ${OURS} and prosecdef`,
        ),
        Object.entries(functions).flatMap(([signature, { definer }]) => (definer ? [signature] : [])),
      ),
  },
  {
    name: 'whatever comes later is nobody’s until it is given: tables, sequences and functions are born closed',
    broken: bornOpen,
  },
];

/** Whether a function is called outside of sub-selects that read no table. */
function asksEveryRow(words: string): boolean {
  for (let from = words.indexOf('( SELECT '); from >= 0; from = words.indexOf('( SELECT ', from + 1)) {
    let end = from + 1;
    for (let depth = 1; depth > 0 && end < words.length; end++)
      depth += { '(': 1, ')': -1 }[words.charAt(end)] ?? 0;
    const inner = words.slice(from, end);
    if (!/\sFROM\s/u.test(inner)) return asksEveryRow(words.slice(0, from) + words.slice(end));
  }
  return /\b(?:auth|private)\.\w+\(/u.test(words);
}

/** Makes one of each in each of our schemas, looks who may use it, and takes it back. */
async function bornOpen(sql: Pick<Connection, 'unsafe'>): Promise<string[]> {
  await sql.unsafe(`
    ${ours.map((schema) => `create table ${schema}.born (a int); create sequence ${schema}.born_s; create function ${schema}.born() returns int language sql set search_path = '' as 'select 1';`).join('\n')}`);
  const open = await list(
    sql,
    `select 'table ' || n.nspname || ' · ' || role ${relation}, ${ANYBODY} where c.relname = 'born' and ${OURS}
       
        and has_table_privilege(role, c.oid, 'select, insert, update, delete, truncate, references, trigger')
      union all select 'sequence ' || n.nspname || ' · ' || role ${relation}, ${ANYBODY} where c.relname = 'born_s' and has_sequence_privilege(role, c.oid, 'usage, select, update')
      union all select 'function ' || n.nspname || ' · ' || role from pg_proc p join pg_namespace n
        on n.oid = p.pronamespace, ${ANYBODY} where p.proname = 'born'
        and has_function_privilege(role, p.oid, 'execute')`,
  );
  await sql.unsafe(
    ours
      .map(
        (schema) =>
          `drop table ${schema}.born; drop sequence ${schema}.born_s; drop function ${schema}.born();`,
      )
      .join('\n'),
  );
  return open;
}
