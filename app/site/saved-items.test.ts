import { expect, it } from 'vitest';
import { parseSaved, toggleSaved } from './saved-items.ts';

it('puts a name in and takes it out again', () => {
  const once = toggleSaved({}, 'procedures', 'LASIK');
  expect(once).toEqual({ procedures: ['LASIK'] });
  expect(toggleSaved(once, 'procedures', 'LASIK')).toEqual({ procedures: [] });
});

it('reads nothing from what is broken', () => {
  expect(parseSaved(null)).toEqual({});
  expect(parseSaved('{')).toEqual({});
  expect(parseSaved('{"plans":"Premium"}')).toEqual({});
  expect(parseSaved('{"plans":["Premium Plan"],"other":1}')).toEqual({ plans: ['Premium Plan'] });
});
