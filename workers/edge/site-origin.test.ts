import { describe, expect, test } from 'vitest';
import { siteOrigin } from './site-origin.ts';

test.each([
  ['https://www.example.com', 'https://www.example.com'],
  [' www.example.com ', 'https://www.example.com'],
  ['HTTPS://Shop.Example.COM/', 'https://shop.example.com'],
  ['https://example.com:443', 'https://example.com'],
  ['https://example.com:8443/', 'https://example.com:8443'],
  ['https://*.example.com', 'https://*.example.com'],
  ['*.example.com', 'https://*.example.com'],
  ['https://医院.cn', 'https://xn--ekrs67m.cn'],
  ['https://*.医院.cn', 'https://*.xn--ekrs67m.cn'],
  ['http://localhost:3000', 'http://localhost:3000'],
  ['http://shop.localhost:3000/', 'http://shop.localhost:3000'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['https://203.0.113.7', 'https://203.0.113.7'],
])('%s is %s', (typed, origin) => {
  expect(siteOrigin(typed)).toEqual({ ok: true, origin });
});

describe('what is no website is told why', () => {
  test.each([
    ['', 'Enter the website'],
    ['   ', 'Enter the website'],
    ['https://a.example https://b.example', 'one address'],
    ['https://a.example;script-src *', 'one address'],
    ['https://a.example,https://b.example', 'one address'],
    ['https://a.example\r\nSet-Cookie:x', 'one address'],
    ['http://www.example.com', 'https://'],
    ['http://localhost.evil.example', 'https://'],
    ['http://127.0.0.1.evil.example', 'https://'],
    ['javascript:alert(1)', 'no address'],
    ['javascript://x', 'https://'],
    ['data:text/html,x', 'one address'],
    ['ftp://example.com', 'https://'],
    ['https://user:pw@example.com', 'name and password'],
    ['https://example.com/shop', 'Did you mean https://example.com?'],
    ['https://*.example.com/a', 'Did you mean https://*.example.com?'],
    ['https://example.com?x=1', 'without a path'],
    ['https://example.com#x', 'without a path'],
    ['https://example.com?', 'without a path'],
    ['*', 'star'],
    ['https://*', 'star'],
    ['https://*.com', 'whole domain'],
    ['https://*.1.2.3.4', ''],
    ['https://shop.*.example.com', 'star'],
    ['https://*.*.example.com', 'star'],
    ['https://*example.com', 'star'],
    ["'self'", ''],
    ['https://[::1]', 'no name'],
    ['https://a_b.example', 'no name'],
    [`https://${'a.'.repeat(130)}example`, ''],
  ])('%j', (typed, words) => {
    const result = siteOrigin(typed);

    expect(result).toMatchObject({ ok: false, problem: expect.stringContaining(words) });
  });
});
