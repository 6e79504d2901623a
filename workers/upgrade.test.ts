import { describe, expect, test } from 'vitest';
import { readOffer, socketTarget } from './upgrade.ts';

describe('what a client offers as subprotocols', () => {
  test('the version, and a credential', () => {
    expect(readOffer('wellchina.v1, bearer.aaa.bbb.ccc')).toEqual({
      supportsVersion: true,
      version: 'wellchina.v1',
      bearer: 'aaa.bbb.ccc',
      ticket: null,
    });
    expect(readOffer('ticket.x-_.y.z,wellchina.v1')).toEqual({
      supportsVersion: true,
      version: 'wellchina.v1',
      bearer: null,
      ticket: 'x-_.y.z',
    });
  });

  test.each([null, '', 'wellchina.v0', 'wellchina.v10', 'WELLCHINA.V1', 'bearer.a'])(
    'another version is no version of ours: %j',
    (header) => {
      expect(readOffer(header).supportsVersion).toBe(false);
    },
  );

  test('an empty credential is none', () => {
    expect(readOffer('wellchina.v1, bearer., ticket.')).toMatchObject({ bearer: null, ticket: null });
  });

  test('a refusal is answered in the version that was offered, never in a credential', () => {
    expect(readOffer('bearer.secret, wellchina.v0')).toMatchObject({
      supportsVersion: false,
      version: 'wellchina.v0',
    });
    expect(readOffer('ticket.secret')).toMatchObject({ supportsVersion: false, version: null });
  });

  test('an old client may offer its version beside ours', () => {
    expect(readOffer('wellchina.v0, wellchina.v1').supportsVersion).toBe(true);
  });
});

test.each([
  ['/lobby', { kind: 'lobby' }],
  ['/rooms/abc', { kind: 'room', id: 'abc' }],
  ['/rooms/', null],
  ['/rooms', null],
  ['/rooms/a/b', null],
  ['/lobby/', null],
  ['/x/rooms/abc', null],
  ['/', null],
])('%s asks for %o', (path, target) => {
  expect(socketTarget(path)).toEqual(target);
});
