import { expect, test } from 'vitest';
import { readText } from './body.server.ts';

const LIMIT = 16 * 1024;

function post(body: ReadableStream<Uint8Array>, headers: Record<string, string> = {}): Request {
  // Node wants to be told that it may stream; workerd always does, and knows no such word.
  const init = { method: 'POST', body, headers, duplex: 'half' };
  return new Request('https://wellchina.test/', init);
}

/** A body that comes in pieces of a KiB, and how much of it has been asked for. */
function upload(bytes: number, headers: Record<string, string> = {}) {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent >= bytes) return controller.close();
        sent += 1024;
        controller.enqueue(new Uint8Array(1024).fill(0x61));
      },
    },
    { highWaterMark: 0 },
  );
  return { request: post(body, headers), sent: () => sent };
}

test('a body within the limit is what was sent, letters that arrive in two pieces included', async () => {
  const letter = new TextEncoder().encode('种');
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(letter.slice(0, 1));
      controller.enqueue(letter.slice(1));
      controller.close();
    },
  });
  expect(await readText(post(body), LIMIT)).toEqual({ ok: true, text: '种' });
});

test.each([
  ['it says so at once', { 'Content-Length': String(64 * 1024) }],
  ['it does not say', {}],
])('a body that is too large is refused when its sender has been heard out; %s', async (_, headers) => {
  const { request, sent } = upload(64 * 1024, headers);
  expect(await readText(request, LIMIT)).toEqual({ ok: false, reason: 'too_large' });
  expect(sent()).toBe(64 * 1024);
});

test('a body without end is refused after a MiB', async () => {
  const { request, sent } = upload(Number.POSITIVE_INFINITY);
  expect(await readText(request, LIMIT)).toEqual({ ok: false, reason: 'too_large' });
  expect(sent()).toBeLessThan(1.1 * 1024 * 1024);
});

test('a body that says it is far too large is not read at all', async () => {
  const { request, sent } = upload(10_000_000, { 'Content-Length': '10000000' });
  expect(await readText(request, LIMIT)).toEqual({ ok: false, reason: 'too_large' });
  expect(sent()).toBe(0);
});

test('a body that breaks off is neither kept nor called too large', async () => {
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error('gone'));
    },
  });
  expect(await readText(post(body), LIMIT)).toEqual({ ok: false, reason: 'broken' });
});
