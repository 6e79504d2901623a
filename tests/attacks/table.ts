import type { Outcome } from './play.ts';

export type Row = Outcome & { group: string };

/** The proof as a table of Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const lines = rows.map(
    ({ group, attack, expected, got, held }) =>
      `| ${[group, attack, expected, held ? 'the same' : got, held ? 'yes' : '**no**'].map(cell).join(' | ')} |`,
  );
  const held = rows.filter((row) => row.held).length;
  return [
    '| where | attack | expected | got | held |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
    `${held} of ${rows.length} held.`,
  ].join('\n');
}
