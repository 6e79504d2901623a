import type { PersonName } from './people.ts';

/** One row as the catalogue's columns; the rest takes its default. */
export type Row = Readonly<Record<string, unknown>>;

/** Every column, or every row, there is. */
export const ALL = 'all';
/** Rows: none of them, though asking is allowed. */
export const NONE: readonly string[] = [];

/** Columns, and the rows (by the names they have in `rows`) that are reached through them. */
export type Reach = readonly [columns: readonly string[] | typeof ALL, rows: readonly string[] | typeof ALL];

/** What one person may do with a table. A verb that isn't there is refused by Postgres with 42501. */
export interface Rights {
  select?: Reach;
  insert?: readonly string[] | typeof ALL;
  update?: Reach;
  /** Which rows. */
  delete?: readonly string[] | typeof ALL;
  truncate?: true;
  references?: true;
  trigger?: true;
  maintain?: true;
}

/** One table or view: its rows in the matrix, who may do what, and what it takes from nobody. */
export interface TableAccess {
  /** With its schema. */
  name: string;
  /** The columns that tell rows apart, in the order of the labels' text; usually `id`. */
  key: string;
  /** The rows that are there, by name. A trigger may have made one before. */
  rows: Readonly<Record<string, Row>>;
  may: Readonly<Record<PersonName, Rights>>;
  /** The policies on it, by name. */
  policies: readonly string[];
  /** A row that the table takes. */
  example: Row;
  /** Each check, unique index and foreign key, and what must be changed in `example` for it to refuse. */
  refuses: Readonly<Record<string, Row>>;
  /** Triggers on it, by name; what they do is asked in `answers.ts`. */
  triggers?: readonly string[];
}

export const columns = (text: string): readonly string[] => text.trim().split(/\s+/u);
