import { apiRoles } from '../../../drizzle/access/people.ts';
import type { Connection } from '../../../workers/testing/postgres.ts';
import { guardMutants } from './guards.ts';

/** One thing of the database taken out, turned round, or given to somebody who never had it. */
export interface DatabaseMutant {
  /** What is gone: `conversations: policy agents_read_conversations`. */
  protection: string;
  /** The table or function whose probes are asked first. */
  about: string;
  statements: readonly string[];
}

type Row = Record<string, string>;

const OURS = "n.nspname in ('public', 'private')";
const ROLES = [...apiRoles, 'public'] as const;
const API = apiRoles.map((role) => `'${role}'`).join();
const TABLE_PRIVILEGES = [
  'select',
  'insert',
  'update',
  'delete',
  'truncate',
  'references',
  'trigger',
  'maintain',
] as const;

/** Every policy, grant, check, index, trigger and function that the catalogue has, each without what it protects. */
export async function databaseMutants(sql: Connection): Promise<DatabaseMutant[]> {
  const ask = async (query: string) => (await sql.unsafe(query)) as unknown as Row[];
  return [
    ...(await policies(ask)),
    ...(await rowSecurity(ask)),
    ...(await privileges(ask)),
    ...(await hiddenColumns(ask)),
    ...(await constraints(ask)),
    ...(await triggers(ask)),
    ...(await functionMutants(ask)),
    ...(await guardMutants(ask)),
    ...schemaMutants(),
    ...defaultMutants(),
    ...roleMutants(),
  ];
}

type Ask = (query: string) => Promise<Row[]>;

async function policies(ask: Ask): Promise<DatabaseMutant[]> {
  const rows = await ask(`select n.nspname || '.' || c.relname as table, polname as policy,
      pg_get_expr(polqual, polrelid) as words
    from pg_policy join pg_class c on c.oid = polrelid join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} order by 1, 2`);
  return rows.flatMap(({ table = '', policy, words }) => {
    const on = `policy "${policy}" on ${table}`;
    const all = [
      { protection: `${table}: policy ${policy}`, about: table, statements: [`drop ${on}`] },
      {
        protection: `${table}: policy ${policy} for the authenticated alone`,
        about: table,
        statements: [`alter ${on} to public`],
      },
    ];
    // One that is for everybody's eyes has no condition to lose.
    if (words !== 'true') {
      all.push({
        protection: `${table}: what policy ${policy} asks`,
        about: table,
        statements: [`alter ${on} using (true)`],
      });
    }
    return all;
  });
}

async function rowSecurity(ask: Ask): Promise<DatabaseMutant[]> {
  const rows = await ask(`select n.nspname || '.' || c.relname as table from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where ${OURS} and relkind in ('r', 'p') and relrowsecurity order by 1`);
  return rows.map(({ table = '' }) => ({
    protection: `${table}: row level security`,
    about: table,
    statements: [`alter table ${table} disable row level security`],
  }));
}

/** What is given, revoked; and what isn't, given. */
async function privileges(ask: Ask): Promise<DatabaseMutant[]> {
  const given = await ask(`
    select n.nspname || '.' || c.relname as table, lower(a.privilege_type) as privilege, '' as column,
        pg_get_userbyid(a.grantee) as role
      from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
      where ${OURS} and c.relkind <> 'S' and pg_get_userbyid(a.grantee) in (${API})
    union all
    select n.nspname || '.' || c.relname, lower(a.privilege_type), t.attname, pg_get_userbyid(a.grantee)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute t on t.attrelid = c.oid,
        aclexplode(t.attacl) a
      where ${OURS} and pg_get_userbyid(a.grantee) in (${API})
    order by 1, 4, 2, 3`);
  const tables = await ask(`select n.nspname || '.' || c.relname as table from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1`);
  const has = (table: string, role: string, privilege: string) =>
    given.some(
      (one) => one.table === table && one.role === role && one.privilege === privilege && one.column === '',
    );
  return [
    ...given.map(({ table = '', privilege, column, role }) => ({
      protection: `${table}: grant of ${privilege}${column ? ` (${column})` : ''} to ${role}`,
      about: table,
      statements: [`revoke ${privilege} ${column ? `("${column}")` : ''} on ${table} from ${role}`],
    })),
    ...tables.flatMap(({ table = '' }) =>
      ROLES.flatMap((role) =>
        TABLE_PRIVILEGES.filter((privilege) => !has(table, role, privilege)).map((privilege) => ({
          protection: `${table}: no ${privilege} for ${role}`,
          about: table,
          statements: [`grant ${privilege} on ${table} to ${role}`],
        })),
      ),
    ),
  ];
}

async function hiddenColumns(ask: Ask): Promise<DatabaseMutant[]> {
  const rows =
    await ask(`select n.nspname || '.' || c.relname as table, a.attname as column, p.name as privilege, r.role
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
      (values ('select'), ('insert'), ('update')) p (name), (values ('anon'), ('authenticated')) r (role)
    where ${OURS} and c.relkind in ('r', 'p') and not has_column_privilege(r.role, c.oid, a.attnum, p.name)
      -- A column that is written is one too many, whichever: the first stands for all.
      and (p.name = 'select' or a.attnum = 1)
    order by 1, 2, 3, 4`);
  return rows.map(({ table = '', column, privilege, role }) => ({
    protection: `${table}: no ${privilege} of ${column} for ${role}`,
    about: table,
    statements: [`grant ${privilege} ("${column}") on ${table} to ${role}`],
  }));
}

async function constraints(ask: Ask): Promise<DatabaseMutant[]> {
  const rows = await ask(`
    select n.nspname || '.' || c.relname as table, conname as name, 'constraint' as kind from pg_constraint
      join pg_class c on c.oid = conrelid join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and contype in ('c', 'u', 'p', 'f', 'x')
    union all
    select n.nspname || '.' || c.relname, i.relname, 'index' from pg_index join pg_class c on c.oid = indrelid
      join pg_namespace n on n.oid = c.relnamespace join pg_class i on i.oid = indexrelid
      where ${OURS} and indisunique and not exists (select from pg_constraint where conindid = indexrelid)
    order by 1, 2`);
  return rows.map(({ table = '', name, kind }) => ({
    protection: `${table}: ${name}`,
    about: table,
    statements: [
      kind === 'index'
        ? `drop index ${table.split('.')[0]}."${name}"`
        : `alter table ${table} drop constraint "${name}" cascade`,
    ],
  }));
}

async function triggers(ask: Ask): Promise<DatabaseMutant[]> {
  const rows = await ask(`select n.nspname || '.' || c.relname as table, tgname as name from pg_trigger
    join pg_class c on c.oid = tgrelid join pg_namespace n on n.oid = c.relnamespace
    where not tgisinternal and ${OURS} order by 1, 2`);
  return rows.map(({ table = '', name }) => ({
    protection: `${table}: trigger ${name}`,
    about: table,
    statements: [`drop trigger "${name}" on ${table}`],
  }));
}

async function functionMutants(ask: Ask): Promise<DatabaseMutant[]> {
  const rows = await ask(`select p.oid::regprocedure::text as signature, p.prosecdef::text as definer, r.role,
      case when r.role = 'public' then exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
          where a.grantee = 0)
        else exists (select from aclexplode(p.proacl) a where pg_get_userbyid(a.grantee) = r.role) end::text as given
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace, (values ${ROLES.map((role) => `('${role}')`)}) r (role)
    where ${OURS} and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1, 3`);
  const grants = rows.map(({ signature = '', role, given }) => ({
    protection: `${signature}: ${given === 'true' ? 'execute' : 'no execute'} for ${role}`,
    about: signature,
    statements: [
      given === 'true'
        ? `revoke execute on function ${signature} from ${role}`
        : `grant execute on function ${signature} to ${role}`,
    ],
  }));
  const settings = rows
    .filter(({ role }) => role === 'anon')
    .flatMap(({ signature = '', definer }) => [
      {
        protection: `${signature}: its search path`,
        about: signature,
        statements: [`alter function ${signature} reset search_path`],
      },
      {
        protection: `${signature}: ${definer === 'true' ? 'its owner’s' : 'its caller’s'} rights`,
        about: signature,
        statements: [`alter function ${signature} security ${definer === 'true' ? 'invoker' : 'definer'}`],
      },
    ]);
  return [...grants, ...settings];
}

function schemaMutants(): DatabaseMutant[] {
  return [
    ...ROLES.flatMap((role) =>
      ['public', 'private'].map((schema) => ({
        protection: `${schema}: no create for ${role}`,
        about: 'database',
        statements: [`grant create on schema ${schema} to ${role}`],
      })),
    ),
    ...['anon', 'public'].map((role) => ({
      protection: `private: no usage for ${role}`,
      about: 'database',
      statements: [`grant usage on schema private to ${role}`],
    })),
    ...['authenticated', 'chat_room', 'service_role'].map((role) => ({
      protection: `private: usage for ${role}`,
      about: 'database',
      statements: [`revoke usage on schema private from ${role}`],
    })),
  ];
}

function defaultMutants(): DatabaseMutant[] {
  return ['public', 'private'].flatMap((schema) =>
    ROLES.flatMap((role) =>
      (['tables', 'sequences', 'functions'] as const).map((things) => ({
        protection: `${schema}: later ${things} closed to ${role}`,
        about: 'database',
        statements: [`alter default privileges in schema ${schema} grant all on ${things} to ${role}`],
      })),
    ),
  );
}

function roleMutants(): DatabaseMutant[] {
  return [
    ...['chat_room → service_role', 'authenticated → chat_room', 'anon → authenticated'].map((pair) => {
      const [member = '', role = ''] = pair.split(' → ');
      return {
        protection: `roles: ${member} is no ${role}`,
        about: 'database',
        statements: [`grant ${role} to ${member}`],
      };
    }),
    ...['anon', 'authenticated', 'chat_room'].flatMap((role) =>
      ['bypassrls', 'login', 'createrole', 'createdb'].map((power) => ({
        protection: `roles: ${role} without ${power}`,
        about: 'database',
        statements: [`alter role ${role} ${power}`],
      })),
    ),
  ];
}
