import { expect, test } from 'vitest';
import { isRedirectAllowed } from './allow-list.ts';

const settings = {
  siteUrl: 'https://www.wellchina.test',
  redirectUrls: [
    'https://exact.test/back',
    'https://*.preview.test/**',
    'https://app.test/*/done',
    'https://{one,two}.test',
    'https://q.test/?x=[ab]',
    'http://localhost:*/**',
    'wellchina://callback',
    '**://evil-scheme.test',
  ],
};

test.each([
  'https://www.wellchina.test',
  'https://www.wellchina.test/any/page?with=query#and-more',
  'https://exact.test/back',
  'https://exact.test/back#fragment',
  'https://a.preview.test/x/y?z=1',
  'https://app.test/en/done',
  'https://one.test',
  'https://two.test',
  'wellchina://callback',
  'http://localhost:3000/x',
  'http://127.0.0.1:5173/anything',
  'http://[::1]:5173/anything',
])('%s is allowed', (url) => {
  expect(isRedirectAllowed(settings, url)).toBe(true);
});

test.each([
  '',
  'no url',
  '/relative',
  '//www.wellchina.test',
  'http://www.wellchina.test',
  'https://www.wellchina.test:8443',
  'https://www.wellchina.test.evil.example',
  'https://www.wellchina.test@evil.example',
  'https://wellchina.test',
  'https://evil.example/https://www.wellchina.test',
  'https://evil.example\\.www.wellchina.test',
  'https://evil.example#.preview.test/',
  'https://evil?.preview.test/',
  'https://a.b.preview.test/',
  'https://preview.test/',
  'https://exact.test/back/more',
  'https://exact.test/back?more',
  'https://app.test/a/b/done',
  'https://three.test',
  'http://localhost:x@evil/',
  'https:evil.example',
  'https:/\\evil.example',
  ' https://www.wellchina.test',
  'https://www.wellchina.test/\r\nset-cookie: a=b',
  'https://www.wellchina.test/\tx',
  'https://2130706434/',
  'https://10.0.0.1/',
  'https://169.254.169.254/latest',
  'javascript://evil-scheme.test',
  'javascript://www.wellchina.test/%0aalert(1)',
  'javascript://127.0.0.1/%0aalert(1)',
  'data://evil-scheme.test',
  'wellchina://callback/more',
])('%s is not', (url) => {
  expect(isRedirectAllowed(settings, url)).toBe(false);
});
