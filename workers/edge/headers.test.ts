import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { pageKind, pagePolicy, widgetPolicy } from './content-policy.ts';
import { COMMON_HEADERS, secured } from './security-headers.ts';

const url = new URL('https://chat.example/x');
const root = path.resolve(import.meta.dirname, '../..');

/** A policy as a browser reads it. */
function parse(policy: string): Record<string, string[]> {
  return Object.fromEntries(
    policy.split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ');
      return [name, sources];
    }),
  );
}

const policies: Record<string, string> = {
  site: pagePolicy('site', url, 'abc', 'https://p.supabase.co'),
  account: pagePolicy('account', url, 'abc', 'https://p.supabase.co'),
  desk: pagePolicy('desk', url, 'abc', 'https://p.supabase.co'),
  popup: pagePolicy('popup', url, 'abc', 'https://p.supabase.co'),
  widget: widgetPolicy(url, ['https://shop.example'], false),
  'widget with Turnstile': widgetPolicy(url, [], true),
};

describe.each(Object.entries(policies))('the policy of %s', (name, policy) => {
  const directives = parse(policy);

  test('runs nothing inline and nothing of strangers', () => {
    expect(policy).not.toMatch(/unsafe-|\*/u);
    for (const source of directives['script-src'] ?? []) {
      expect(["'self'", "'nonce-abc'", 'https://challenges.cloudflare.com']).toContain(source);
    }
    expect(policy.includes('challenges.cloudflare.com')).toBe(name === 'widget with Turnstile');
  });

  test('has an answer for every door', () => {
    expect(directives['default-src']).toEqual(["'none'"]);
    expect(directives['object-src']).toEqual(["'none'"]);
    expect(directives['base-uri']).toEqual(["'none'"]);
    expect(directives['form-action']?.[0]).toBe(name.startsWith('widget') ? "'none'" : "'self'");
    expect(directives['frame-ancestors']).toEqual(
      { widget: ["'self'", 'https://shop.example'], 'widget with Turnstile': ["'self'"] }[name] ?? ["'none'"],
    );
    expect(directives['connect-src']).toEqual(["'self'", 'wss://chat.example']);
    expect(directives).not.toHaveProperty('report-uri');
  });
});

test.each([
  ['/', 'site'],
  ['/agents-of-change', 'site'],
  ['/agent', 'desk'],
  ['/agent.data', 'desk'],
  ['/agent/conversations/x', 'desk'],
  ['/account', 'account'],
  ['/accounts', 'site'],
  ['/login.data', 'account'],
  ['/auth/confirm', 'account'],
  ['/auth/popup', 'popup'],
])('%s is of the kind %s', (pathname, kind) => {
  expect(pageKind(pathname)).toBe(kind);
});

describe('every answer', () => {
  const of = (pathname: string, init: ResponseInit = {}) =>
    secured(new Response('x', init), pathname).headers;

  test('carries what browsers have to be told', () => {
    for (const pathname of ['/', '/agent', '/api/session', '/nowhere']) {
      const headers = of(pathname);
      for (const [name, value] of Object.entries(COMMON_HEADERS)) expect(headers.get(name)).toBe(value);
      expect(headers.get('Referrer-Policy')).toBeTruthy();
      expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
      expect(headers.get('Content-Security-Policy')).toMatch(/default-src 'none'/u);
    }
  });

  test('is stored nowhere unless it is a public page, which is asked for again', () => {
    const html = { headers: { 'Content-Type': 'text/html; charset=utf-8' } };
    expect(of('/pricing', html).get('Cache-Control')).toBe('private, no-cache');
    for (const pathname of ['/agent', '/account', '/login', '/auth/confirm', '/auth/popup'])
      expect(of(pathname, html).get('Cache-Control')).toBe('private, no-store');
    expect(of('/pricing.data').get('Cache-Control')).toBe('private, no-store');
  });

  test('keeps what it says itself, and each of its cookies', () => {
    const headers = new Headers({ 'Cache-Control': 'public', 'Referrer-Policy': 'no-referrer' });
    headers.append('Set-Cookie', 'a=1');
    headers.append('Set-Cookie', 'b=2');
    const kept = of('/', { headers });
    expect(kept.get('Cache-Control')).toBe('public');
    expect(kept.get('Referrer-Policy')).toBe('no-referrer');
    expect(kept.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('lets the window of a Google sign-in reach the panel, and nobody the desk', () => {
    expect(of('/auth/popup').get('Cross-Origin-Opener-Policy')).toBe('unsafe-none');
    expect(of('/').get('Cross-Origin-Opener-Policy')).toBe('same-origin-allow-popups');
    expect(of('/agent').get('Cross-Origin-Opener-Policy')).toBe('same-origin');
  });
});

test('static files say the same', async () => {
  const file = await readFile(path.join(root, 'public/_headers'), 'utf8');
  for (const [name, value] of Object.entries(COMMON_HEADERS)) expect(file).toContain(`${name}: ${value}\n`);
});

test('no component writes a style attribute: the policies would refuse it', async () => {
  const files = (await readdir(path.join(root, 'app'), { recursive: true })).filter((file) =>
    file.endsWith('.tsx'),
  );
  expect(files.length).toBeGreaterThan(30);
  for (const file of files) {
    const source = await readFile(path.join(root, 'app', file), 'utf8');
    expect(/\sstyle=/u.test(source), `a style attribute in app/${file}`).toBe(false);
  }
});
