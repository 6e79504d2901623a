import { expect, test } from 'vitest';
import { networkOf } from './network.ts';

const from = (address?: string) =>
  networkOf(
    new Request('https://chat.test/', {
      headers: address === undefined ? {} : { 'CF-Connecting-IP': address },
    }),
  );

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  [' 10.0.0.1 ', '10.0.0.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:7:8:9:a:b:c', '2001:db8:7::/48'],
  ['2001:DB8::1', '2001:db8:0::/48'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1:2:3', 'fe80:0:0::/48'],
])('%s is kept as %s', (address, network) => {
  expect(from(address)).toBe(network);
});

test.each([
  undefined,
  '',
  'localhost',
  '300.1.1.1',
  '1.2.3',
  '1::2::3',
  '[::1]',
  "'; drop table audit_log; --",
])('%s is no address', (address) => {
  expect(from(address)).toBeNull();
});
