import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import postgres from 'postgres';
import { type Statement, splitStatements } from './migrate/statements.ts';

export interface MigrateOptions {
  log?: (line: string) => void;
}

/** A migration that did not go through. Nothing of its file is left behind. */
export class MigrationError extends Error {
  readonly file: string;
  /** SQLSTATE, for example `42P07`. */
  readonly code: string;
  /** Line in the file, from 1. */
  readonly line: number;

  constructor(file: string, code: string, line: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.file = file;
    this.code = code;
    this.line = line;
  }
}

/**
 * Applies the files `<version>_<name>.sql` of `migrationsDir` that the database has not had, in the order of their
 * names, each in one transaction with its row in `supabase_migrations.schema_migrations`. That is the Supabase CLI's
 * own book, so `supabase db push` and this can go on where the other stopped. Anything else in the folder is ignored.
 *
 * Returns the versions applied. Two at once take turns (advisory lock).
 * Throws `MigrationError` with file, line and SQLSTATE; and, as the CLI does, an error when the database has had a
 * migration this folder does not know.
 */
export async function migrate(
  databaseUrl: string,
  migrationsDir: string,
  { log = () => {} }: MigrateOptions = {},
): Promise<{ applied: string[] }> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, fetch_types: false });
  try {
    await sql`select pg_advisory_lock(hashtext('supabase_migrations'))`;
    await openBook(sql);
    const files = await migrationFiles(migrationsDir);
    const rows = await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`;
    const had = new Set(rows.map((row) => row.version));
    const unknown = [...had].filter((version) => !files.some((file) => file.version === version));
    if (unknown.length > 0) {
      throw new Error(
        `The database has had migrations that ${migrationsDir} does not know: ${unknown.join(', ')}. Was it made by another branch?`,
      );
    }
    const applied: string[] = [];
    for (const file of files) {
      if (had.has(file.version)) continue;
      await apply(sql, file);
      applied.push(file.version);
      log(`applied ${path.basename(file.path)}`);
    }
    return { applied };
  } finally {
    await sql.end();
  }
}

interface MigrationFile {
  version: string;
  name: string;
  path: string;
}

async function migrationFiles(folder: string): Promise<MigrationFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const [, version, name] = /^(\d+)_(.*)\.sql$/.exec(entry.name) ?? [];
      return version === undefined || name === undefined
        ? []
        : [{ version, name, path: path.join(folder, entry.name) }];
    })
    .sort((a, b) => (path.basename(a.path) < path.basename(b.path) ? -1 : 1));
}

/** The same book the Supabase CLI opens (its `pkg/migration`). */
async function openBook(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
    alter table supabase_migrations.schema_migrations add column if not exists statements text[];
    alter table supabase_migrations.schema_migrations add column if not exists name text;
  `);
}

async function apply(sql: postgres.Sql, file: MigrationFile): Promise<void> {
  const source = await readFile(file.path, 'utf8');
  const statements = splitStatements(source);
  let current: Statement = { text: '', line: 1 };
  try {
    await sql.begin(async (tx) => {
      for (current of statements) await tx.unsafe(current.text);
      await tx`
        insert into supabase_migrations.schema_migrations (version, name, statements)
        values (${file.version}, ${file.name},
          array(select jsonb_array_elements_text(${tx.json(statements.map((one) => one.text))})))`;
    });
  } catch (error) {
    throw describe(file, current, error);
  }
}

function describe(file: MigrationFile, statement: Statement, error: unknown): Error {
  if (!(error instanceof postgres.PostgresError)) return error as Error;
  // `position` counts characters from 1 within the statement.
  const before = statement.text.slice(0, Math.max(0, Number(error.position ?? 1) - 1));
  const line = statement.line + before.split('\n').length - 1;
  const hint = error.hint ? ` Hint: ${error.hint}` : '';
  const first = statement.text.split('\n').find((text) => text.trim() !== '' && !text.startsWith('--')) ?? '';
  return new MigrationError(
    file.path,
    error.code,
    line,
    `${path.basename(file.path)}:${line}: ${error.message} (SQLSTATE ${error.code}) at: ${first.trim().slice(0, 100)}${hint}`,
    { cause: error },
  );
}
