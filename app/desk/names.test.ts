import { expect, it } from 'vitest';
import { shortId, visitorName } from './names.ts';

const visitor = { id: 'b8340000-0000-4000-8000-000000009ef6', name: null, isAnonymous: true, online: true };

it('shortens an id to its first and last four characters', () => {
  expect(shortId(visitor.id)).toBe('b834…9ef6');
});

it('calls a guest by the short id', () => {
  expect(visitorName(visitor)).toBe('Guest #b834…9ef6');
});

it('calls people by their name, and an account without one no guest', () => {
  expect(visitorName({ ...visitor, name: ' Aiko Tanaka ' })).toBe('Aiko Tanaka');
  expect(visitorName({ ...visitor, name: '   ', isAnonymous: false })).toBe('Visitor #b834…9ef6');
});
