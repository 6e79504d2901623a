import { expect, it } from 'vitest';
import { contextFacts, savedItems } from './context-facts.ts';

it('lists only what is known, in the words a person reads', () => {
  expect(contextFacts({ procedure: 'LASIK', region: 'JP', locale: 'ja' })).toEqual([
    { label: 'Procedure', value: 'LASIK' },
    { label: 'Region', value: 'Japan' },
    { label: 'Language', value: 'Japanese' },
  ]);
  expect(contextFacts(undefined)).toEqual([]);
});

it('shows what is no code as it came', () => {
  expect(contextFacts({ region: 'East of here', locale: 'not a tag' })).toEqual([
    { label: 'Region', value: 'East of here' },
    { label: 'Language', value: 'not a tag' },
  ]);
});

it('names compared hospitals together', () => {
  expect(contextFacts({ hospitals: ['A', 'B'] })).toEqual([{ label: 'Comparing', value: 'A, B' }]);
});

it('names each saved item once and leaves empty kinds out', () => {
  expect(savedItems({ saved: { plans: ['Premium Plan', 'Premium Plan'], cities: [] } })).toEqual([
    { kind: 'Plans', names: ['Premium Plan'] },
  ]);
});
