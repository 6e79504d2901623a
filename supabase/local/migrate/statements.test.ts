import { expect, test } from 'vitest';
import { splitStatements } from './statements.ts';

const texts = (source: string) => splitStatements(source).map((statement) => statement.text);

test('a file is cut at its semicolons, and each statement knows its line', () => {
  expect(splitStatements('select 1;\n\nselect 2;\n')).toEqual([
    { text: 'select 1', line: 1 },
    { text: 'select 2', line: 3 },
  ]);
});

test('the last statement needs no semicolon, and nothing is no statement', () => {
  expect(texts('select 1')).toEqual(['select 1']);
  expect(texts(' ;; -- only a remark\n /* and ; another */ ;')).toEqual([]);
});

test.each([
  ['quotes', `select 'a;b', 'it''s;', "c;d"`],
  ['an escape string', `select E'it\\'s;'`],
  ['a dollar quote', 'do $$ begin perform 1; end $$'],
  ['a tagged dollar quote with another inside', 'select $a$ x; $$ y; $$ z; $a$'],
  ['a line comment', 'select 1 -- no; no\n + 1'],
  ['a nested block comment', 'select /* a; /* b; */ c; */ 1'],
  [
    'a begin atomic body',
    'create function f() returns int begin atomic select case when true then 1 end; select 2; end',
  ],
])('a semicolon within %s ends nothing', (_, statement) => {
  expect(texts(`${statement};\nselect 'next';`)).toEqual([statement, "select 'next'"]);
});

test('a parameter like $1 opens no quote', () => {
  expect(texts('prepare p as select $1::int; select 2;')).toEqual([
    'prepare p as select $1::int',
    'select 2',
  ]);
});
