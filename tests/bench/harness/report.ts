import { median, rounded, type Spread, spread } from './stats.ts';

/** Where everything that is stored lies: the disk, or a memory file system, where an fsync costs nothing. */
export type Medium = 'disk' | 'memory';

/** `ours / other` must be at most, or at least, this; or, without a rival, `ours` itself. */
export interface Target {
  kind: 'at most' | 'at least';
  value: number;
  of: 'ratio' | 'ours';
}

/** One line of the table. */
export interface Metric {
  id: string;
  what: string;
  unit: string;
  medium: Medium;
  ours: number;
  other: Record<string, number>;
  /** `ours` over the rival the target is about: the median of the rounds' own ratios. */
  ratio: number | null;
  target: string | null;
  /** null where there is no target. */
  holds: boolean | null;
  rounds: number;
  /** Lowest and highest round. */
  spread: { ours: Spread; ratio: Spread | null };
  note?: string;
}

export const atMost = (value: number, of: Target['of'] = 'ratio'): Target => ({ kind: 'at most', value, of });
export const atLeast = (value: number, of: Target['of'] = 'ratio'): Target => ({
  kind: 'at least',
  value,
  of,
});

interface Comparison {
  id: string;
  what: string;
  unit: string;
  medium: Medium;
  /** One value a round, in the same order everywhere. */
  ours: number[];
  other?: Record<string, number[]>;
  /** The rival the ratio is against; default: the first. */
  against?: string;
  target?: Target;
  note?: string;
}

/** Makes a line of the rounds: medians, and the ratio taken within each round, where both met the same machine. */
export function compare(comparison: Comparison): Metric {
  const { id, what, unit, medium, ours, other = {}, target, note } = comparison;
  const rival = other[comparison.against ?? Object.keys(other)[0] ?? ''];
  const ratios = rival?.map((value, round) => (ours[round] ?? Number.NaN) / value) ?? null;
  const ratio = ratios && median(ratios);
  const judged = target?.of === 'ours' ? median(ours) : ratio;
  const holds =
    target && judged !== null
      ? target.kind === 'at most'
        ? judged <= target.value
        : judged >= target.value
      : null;
  return {
    id,
    what,
    unit,
    medium,
    ours: rounded(median(ours)),
    other: Object.fromEntries(Object.entries(other).map(([name, values]) => [name, rounded(median(values))])),
    ratio: ratio === null ? null : rounded(ratio),
    target: target ? inWords(target, unit) : null,
    holds,
    rounds: ours.length,
    spread: { ours: roundedSpread(ours), ratio: ratios && roundedSpread(ratios) },
    ...(note ? { note } : {}),
  };
}

function roundedSpread(values: number[]): Spread {
  const { low, high } = spread(values);
  return { low: rounded(low), high: rounded(high) };
}

function inWords({ kind, value, of }: Target, unit: string): string {
  return `${kind === 'at most' ? '≤' : '≥'} ${value}${of === 'ratio' ? '×' : ` ${unit}`}`;
}

/** The table as Markdown, as the README shows it: a line for each metric, the media beside each other. */
export function tableOf(metrics: readonly Metric[]): string {
  const media = [...new Set(metrics.map(({ medium }) => medium))];
  const head = [
    'metric',
    'unit',
    ...media.flatMap((medium) => [`ours, ${medium}`, 'ratio']),
    'target',
    'holds',
  ];
  const rows = [...new Set(metrics.map(({ id }) => id))].map((id) => {
    const of = (medium: Medium) => metrics.find((one) => one.id === id && one.medium === medium);
    const [first] = media.flatMap((medium) => of(medium) ?? []);
    return [
      `**${id}** ${first?.what}`,
      first?.unit,
      ...media.flatMap((medium) => figuresOf(of(medium))),
      first?.target ?? '–',
      media.map((medium) => verdictOf(of(medium))).join(' / '),
    ];
  });
  const notes = metrics
    .filter(({ note }) => note)
    .map(({ id, medium, note }) => `- ${id} (${medium}): ${note}`);
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

/** Ours with the rivals' in brackets, and the ratio with its spread over the rounds. */
function figuresOf(metric: Metric | undefined): [string, string] {
  if (!metric) return ['–', '–'];
  const { ours, other, ratio, spread: spreads } = metric;
  const others = Object.entries(other).map(([name, value]) => `${name} ${value}`);
  return [
    others.length > 0 ? `${ours} (${others.join(', ')})` : String(ours),
    ratio === null || !spreads.ratio ? '–' : `${ratio}× (${spreads.ratio.low}–${spreads.ratio.high})`,
  ];
}

function verdictOf(metric: Metric | undefined): string {
  if (!metric || metric.holds === null) return '–';
  return metric.holds ? 'yes' : '**no**';
}
