import type { Connection } from '../../workers/testing/postgres.ts';
import { answers } from './answers.ts';
import { functions, type Question } from './functions.ts';
import { claimsOf, type PersonName, people, roleOf } from './people.ts';
import { insertion } from './scene.ts';
import { ALL, type Rights, type Row, type TableAccess } from './table.ts';
import { tables } from './tables/index.ts';

/** One cell of the matrix: a statement, who runs it, and the only answer that will do. */
export interface Probe {
  /** `messages · guest B · select`: what a failure is called by. */
  name: string;
  /** The table or function it is about. */
  about: string;
  who: PersonName | 'the owner';
  statement: string;
  /** `may`: anything but a refusal of the right to try. */
  expected: string | null;
}

export type Miss = Probe & { got: string | null };

/** All cells, for the columns and functions that the catalogue says are there. */
export async function probes(sql: Connection): Promise<Probe[]> {
  const columnsOf = await catalogueColumns(sql);
  const calls = await catalogueCalls(sql);
  return [
    ...tables.flatMap((table) => tableProbes(table, columnsOf.get(table.name) ?? { oid: 0, columns: [] })),
    ...calls.flatMap(functionProbes),
    ...answers.flatMap(questionProbes),
  ];
}

/** Plays probes in one round trip and returns those whose answer was another. */
export async function play(sql: Pick<Connection, 'unsafe'>, list: readonly Probe[]): Promise<Miss[]> {
  const asked = list.map(({ who, statement }) => ({
    role: who === 'the owner' ? 'none' : roleOf(who),
    claims: JSON.stringify(who === 'the owner' ? {} : claimsOf(who)),
    statement,
  }));
  const rows = await sql.unsafe(
    `select pg_temp.probe(p ->> 'role', p ->> 'claims', p ->> 'statement') as got
       from jsonb_array_elements($1::text::jsonb) with ordinality as t (p, place) order by place`,
    [JSON.stringify(asked)],
  );
  return list.flatMap((probe, index) => {
    const got = (rows[index]?.got ?? null) as string | null;
    const held = probe.expected === 'may' ? got !== 'denied' : got === probe.expected;
    return held ? [] : [{ ...probe, got }];
  });
}

// ── Tables ───────────────────────────────────────────────────────────────────────────────────────

interface Relation {
  oid: number;
  columns: readonly string[];
}

function tableProbes(table: TableAccess, relation: Relation): Probe[] {
  return [
    ...people.flatMap((person) => personProbes(table, relation, person, table.may[person])),
    ...refusals(table),
  ];
}

function personProbes(
  { name, key, rows }: TableAccess,
  { oid, columns }: Relation,
  who: PersonName,
  rights: Rights,
): Probe[] {
  const short = name.replace('public.', '');
  const cell = (verb: string, statement: string, expected: string | null): Probe => ({
    name: `${short} · ${who} · ${verb}`,
    about: name,
    who,
    statement,
    expected,
  });
  const may = (reach: readonly string[] | typeof ALL | undefined, column: string) =>
    reach !== undefined && (reach === ALL || reach.includes(column)) ? 'may' : 'denied';
  const labels = (which: readonly string[] | typeof ALL) =>
    which === ALL ? Object.keys(rows) : which.toSorted();
  const sees = labels(rights.select?.[1] ?? []).map((label) => String(rows[label]?.[key]));
  const list: Probe[] = columns.flatMap((column) => [
    cell(`select ${column}`, `select count("${column}") from ${name}`, may(rights.select?.[0], column)),
    cell(
      `insert ${column}`,
      `insert into ${name} ("${column}") values (default)`,
      may(rights.insert, column),
    ),
    cell(
      `update ${column}`,
      `update ${name} set "${column}" = default where false`,
      may(rights.update?.[0], column),
    ),
  ]);
  if (rights.select && may(rights.select[0], key) === 'may') {
    list.push(
      cell(
        'rows',
        `select string_agg("${key}"::text, ' ' order by "${key}"::text) from ${name}`,
        sees.toSorted().join(' ') || null,
      ),
    );
  } else if (rights.select) {
    const [first] = rights.select[0];
    list.push(cell('rows', `select count("${first}")::text from ${name}`, String(sees.length)));
  }
  if (rights.update) {
    const [reach, which] = rights.update;
    const column = reach === ALL ? key : (reach[0] ?? key);
    list.push(
      cell('rows updated', `update ${name} set "${column}" = "${column}"`, String(labels(which).length)),
    );
  }
  const all = rights.delete === ALL;
  list.push(
    cell('delete', `delete from ${name} where false`, rights.delete === undefined ? 'denied' : 'may'),
    ...(rights.delete === undefined || all
      ? []
      : [cell('rows deleted', `delete from ${name}`, String(labels(rights.delete).length))]),
    cell('truncate', `truncate ${name}`, rights.truncate ? 'may' : 'denied'),
    cell('lock', `lock table ${name} in access exclusive mode nowait`, locks(rights) ? 'may' : 'denied'),
  );
  for (const verb of ['references', 'trigger', 'maintain'] as const) {
    const held =
      verb === 'references'
        ? `has_any_column_privilege(${oid}::oid, 'references')`
        : `has_table_privilege(${oid}::oid, '${verb}')`;
    list.push(cell(verb, `select ${held}::text`, String(rights[verb] ?? false)));
  }
  return list;
}

const locks = ({ update, delete: deletes, truncate }: Rights) =>
  update?.[0] === ALL || deletes !== undefined || truncate !== undefined;

/** What the table takes from nobody, asked as its owner: one wrong thing in a row that is right otherwise. */
function refusals({ name, example, refuses }: TableAccess): Probe[] {
  const short = name.replace('public.', '');
  const attempt = (what: string, row: Row, expected: string): Probe => ({
    name: `${short} · ${what}`,
    about: name,
    who: 'the owner',
    statement: insertion(name, row),
    expected,
  });
  return [
    attempt('takes a row that is right', example, '1'),
    ...Object.entries(refuses).map(([constraint, change]) =>
      attempt(`refused by ${constraint}`, { ...example, ...change }, constraint),
    ),
  ];
}

async function catalogueColumns(sql: Connection): Promise<Map<string, Relation>> {
  const rows = await sql`
    select n.nspname || '.' || c.relname as name, c.oid::int, array_to_json(array_agg(a.attname::text order by a.attnum)) as columns
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm', 'f')
      group by 1, 2`;
  return new Map(rows.map(({ name, oid, columns }) => [name as string, { oid, columns } as Relation]));
}

// ── Functions ────────────────────────────────────────────────────────────────────────────────────

interface Call {
  signature: string;
  oid: number;
  /** A call with nothing but nulls; null for a function that Postgres doesn't call for those. */
  call: string | null;
}

async function catalogueCalls(sql: Connection): Promise<Call[]> {
  const rows = await sql`
    select p.oid::regprocedure::text as signature, p.oid::int, n.nspname || '.' || quote_ident(p.proname) as name,
        p.proisstrict and p.pronargs > 0 as strict,
        array_to_json(array(select format_type(t, null) from unnest(p.proargtypes) with ordinality as a (t, place)
          order by place)) as types
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('public', 'private') and p.prokind in ('f', 'w')
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      order by 1`;
  return rows.map(({ signature, oid, name, types, strict }) => ({
    signature: signature as string,
    oid: oid as number,
    call: strict ? null : `select ${name}(${(types as string[]).map((type) => `null::${type}`).join()})`,
  }));
}

/** Both what the catalogue says and what comes of a call, which the schema may refuse, too. */
function functionProbes({ signature, oid, call }: Call): Probe[] {
  const access = functions[signature];
  if (!access) return [];
  const cell = (who: PersonName, what: string, statement: string, expected: string): Probe => ({
    name: `${signature} · ${who} · ${what}`,
    about: signature,
    who,
    statement,
    expected,
  });
  return people.flatMap((who) => {
    const may = access.may.includes(who);
    return [
      cell(who, 'execute', `select has_function_privilege(${oid}::oid, 'execute')`, String(may)),
      ...(call === null ? [] : [cell(who, 'call', call, may ? 'may' : 'denied')]),
    ];
  });
}

function questionProbes({ about, name, ask, answers: wanted }: Question): Probe[] {
  return Object.entries(wanted).map(([who, expected]) => ({
    name: `${about} · ${who} · ${name}`,
    about,
    who: who as Probe['who'],
    statement: ask,
    expected,
  }));
}
