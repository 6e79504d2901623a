import { describe, expect, it } from 'vitest';
import { shortDuration, spokenDuration, urgency } from './duration.ts';

const since = '2026-11-22T10:00:00.000Z';
const later = (seconds: number) => Date.parse(since) + seconds * 1000;

describe('shortDuration', () => {
  it.each([
    [0, 'now'],
    [59, 'now'],
    [60, '1m'],
    [59 * 60 + 59, '59m'],
    [3600, '1h'],
    [3600 + 5 * 60, '1h 5m'],
    [24 * 3600 - 1, '23h 59m'],
    [3 * 24 * 3600, '3d'],
  ])('says after %i seconds: %s', (seconds, text) => {
    expect(shortDuration(since, later(seconds))).toBe(text);
  });

  it('shows nothing negative where this clock is behind', () => {
    expect(shortDuration(since, later(-3600))).toBe('now');
  });
});

it('speaks in whole words, singular and plural', () => {
  expect(spokenDuration(since, later(10))).toBe('less than a minute');
  expect(spokenDuration(since, later(60))).toBe('1 minute');
  expect(spokenDuration(since, later(7200))).toBe('2 hours');
  expect(spokenDuration(since, later(2 * 86_400))).toBe('2 days');
});

it('grows urgent after two and late after five minutes', () => {
  expect(urgency(since, later(119))).toBe('fresh');
  expect(urgency(since, later(120))).toBe('due');
  expect(urgency(since, later(300))).toBe('late');
});
