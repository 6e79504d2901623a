import { describe, expect, it } from 'vitest';
import { continues, dayLabel } from './groups.ts';

const of = (at: string, senderId = 'a', kind: 'text' | 'system' = 'text') => ({
  at,
  senderId,
  kind,
  senderRole: 'agent' as const,
});

describe('a group', () => {
  it('is one sender within two minutes', () => {
    expect(continues(of('2026-11-22T12:00:00Z'), of('2026-11-22T12:01:59Z'))).toBe(true);
    expect(continues(of('2026-11-22T12:00:00Z'), of('2026-11-22T12:02:00Z'))).toBe(false);
    expect(continues(of('2026-11-22T12:00:00Z'), of('2026-11-22T12:00:01Z', 'b'))).toBe(false);
  });

  it('never reaches over a system message', () => {
    expect(continues(of('2026-11-22T12:00:00Z', 'a', 'system'), of('2026-11-22T12:00:00Z'))).toBe(false);
  });
});

describe('a day', () => {
  const words = { today: 'Today', yesterday: 'Yesterday' };
  const now = new Date(2026, 10, 22, 0, 5).getTime();
  const label = (...date: [number, number, number]) =>
    dayLabel(new Date(...date).toISOString(), now, 'en-GB', words);

  it('is said as people say it', () => {
    expect(label(2026, 10, 22)).toBe('Today');
    expect(label(2026, 10, 21)).toBe('Yesterday');
    expect(label(2026, 10, 20)).toMatch(/^Friday,? 20 November$/);
    expect(label(2025, 10, 20)).toContain('2025');
  });
});
