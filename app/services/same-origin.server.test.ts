import { expect, it } from 'vitest';
import { requireSameOrigin } from './same-origin.server.ts';

const post = (headers: Record<string, string>) =>
  new Request('https://chat.example/agent/login', { method: 'POST', headers });

it('lets a form of this site through', () => {
  expect(() => requireSameOrigin(post({ Origin: 'https://chat.example' }))).not.toThrow();
  expect(() => requireSameOrigin(post({ 'Sec-Fetch-Site': 'same-origin' }))).not.toThrow();
  const both = { Origin: 'https://chat.example', 'Sec-Fetch-Site': 'same-origin' };
  expect(() => requireSameOrigin(post(both))).not.toThrow();
});

it.each([
  { Origin: 'https://evil.example' },
  { Origin: 'http://chat.example' },
  { Origin: 'https://chat.example.evil.example' },
  { Origin: 'null' },
  { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
  { Origin: 'https://chat.example', 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  {},
])('refuses %j', (headers) => {
  try {
    requireSameOrigin(post(headers as Record<string, string>));
  } catch (refusal) {
    expect((refusal as Response).status).toBe(403);
    return;
  }
  expect.unreachable();
});
