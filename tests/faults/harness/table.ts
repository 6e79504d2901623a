import type { Outcome } from './play.ts';

const HEADINGS = ['fault', 'messages', 'acked', 'lost', 'doubled', 'out of order', 'resume p99'];

/** The proof as a table of Markdown, with a line of totals. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const sum = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const resumes = outcomes.flatMap(({ resumeP99 }) => (resumeP99 === null ? [] : [resumeP99]));
  const rows = outcomes.map((outcome) => [
    `${outcome.fault}. ${outcome.title}${outcome.problems.length > 0 ? ' ✗' : ''}`,
    ...[outcome.messages, outcome.acked, outcome.lost, outcome.doubled, outcome.outOfOrder].map(whole),
    milliseconds(outcome.resumeP99),
  ]);
  const totals = [
    '**all**',
    whole(sum(({ messages }) => messages)),
    whole(sum(({ acked }) => acked)),
    whole(sum(({ lost }) => lost)),
    whole(sum(({ doubled }) => doubled)),
    whole(sum(({ outOfOrder }) => outOfOrder)),
    milliseconds(resumes.length > 0 ? Math.max(...resumes) : null),
  ];
  const lines = [HEADINGS, ...rows, totals];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const print = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [print(HEADINGS), rule, ...rows.map(print), print(totals)].join('\n');
}

const whole = (value: number) => value.toLocaleString('en-US');
const milliseconds = (value: number | null) => (value === null ? '–' : `${Math.round(value)} ms`);
