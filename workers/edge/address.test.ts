import { expect, test } from 'vitest';
import { countedAddress } from './address.ts';

const from = (address: string) =>
  countedAddress(new Request('https://chat.example/', { headers: { 'CF-Connecting-IP': address } }));

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s counts as %s', (address, counted) => {
  expect(from(address)).toBe(counted);
});

test('a whole /64 is one, the next one another', () => {
  expect(from('2001:db8:1:2::1')).toBe(from('2001:db8:1:2:ffff:ffff:ffff:ffff'));
  expect(from('2001:db8:1:2::1')).not.toBe(from('2001:db8:1:3::1'));
});

test('without an address there is nobody to count', () => {
  expect(countedAddress(new Request('https://chat.example/'))).toBeNull();
});
