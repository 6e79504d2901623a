import type { Connection } from '../../workers/testing/postgres.ts';
import { ID } from './people.ts';
import type { Row } from './table.ts';
import { tables } from './tables/index.ts';

/** Puts everybody's accounts and rows into the matrix's database, and the function that plays probes. */
export async function setScene(sql: Connection): Promise<void> {
  for (const [name, id] of Object.entries(ID)) {
    const isGuest = name.startsWith('guest');
    await sql`insert into auth.users (id, aud, role, email, is_anonymous, raw_user_meta_data, created_at, updated_at)
      values (${id}, 'authenticated', 'authenticated', ${isGuest ? null : `${id}@people.test`}, ${isGuest},
        ${JSON.stringify({ full_name: name })}::text::jsonb, now(), now())`;
  }
  for (const { name, key, rows } of tables) {
    for (const row of Object.values(rows))
      await sql.unsafe(`${insertion(name, row)} on conflict (${key}) do nothing`);
  }
  await sql.unsafe(PROBE);
}

/** An `insert` of one row, its values as Postgres reads them from JSON. */
export function insertion(table: string, row: Row): string {
  const columns = Object.keys(row).map((name) => `"${name}"`);
  const json = JSON.stringify(row).replaceAll("'", "''");
  return `insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, '${json}')`;
}

/**
 * Runs one statement as somebody and takes it back. Says the value it gave, or how Postgres refused: `denied`
 * (42501), `row refused` (42501 by a policy), `refused` (42501 by a trigger), the constraint's name, or the SQLSTATE.
 */
const PROBE = `
  create function pg_temp.probe(p_role text, p_claims text, p_statement text) returns text language plpgsql as $$
  declare
    answer text;
    about text;
    words text;
  begin
    begin
      perform set_config('request.jwt.claims', p_claims, true);
      perform set_config('role', p_role, true);
      if p_statement like 'select %' then
        execute p_statement into answer;
      else
        execute p_statement;
        get diagnostics answer = row_count;
      end if;
      raise exception using errcode = 'UNDO0';
    exception
      when sqlstate 'UNDO0' then null;
      when insufficient_privilege then
        get stacked diagnostics words = message_text;
        answer := case when words like '%row-level security%' then 'row refused'
          when words like 'permission denied%' then 'denied' else 'refused' end;
      when others then
        get stacked diagnostics about = constraint_name;
        answer := coalesce(nullif(about, ''), sqlstate);
    end;
    return answer;
  end $$`;
