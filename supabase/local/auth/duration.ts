const UNITS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 36e5 };

/** A duration as Go writes it (`24h`, `1h30m`, `300ms`) in milliseconds; null when it is none. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  if (!/^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return null;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    sum += Number(number) * (UNITS[unit ?? ''] ?? 0);
  }
  return text.startsWith('-') ? -sum : sum;
}
