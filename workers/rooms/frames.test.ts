import { describe, expect, test } from 'vitest';
import { parseFrame } from './frames.ts';

const MAX = 32 * 1024;
const id = '0195f3a0-0000-7000-8000-000000000001';
const parse = (frame: unknown) => parseFrame(typeof frame === 'string' ? frame : JSON.stringify(frame), MAX);
const refusal = (frame: unknown) => {
  const parsed = parse(frame);
  return parsed.ok ? null : { code: parsed.refusal.code, ref: parsed.ref };
};

test('every frame of the protocol is read', () => {
  const frames = [
    { t: 'hello', after: null },
    { t: 'hello', after: 0 },
    { t: 'hello', after: 12, epoch: 3 },
    { t: 'send', id, kind: 'text', text: 'hi' },
    { t: 'typing', on: true },
    { t: 'read', seq: 0 },
    { t: 'history', before: 1 },
    { t: 'history', before: 9, limit: 50 },
  ];
  for (const frame of frames) expect(parse(frame)).toEqual({ ok: true, frame });
});

test('keys that are not of the protocol are dropped: nobody forges who they are', () => {
  const forged = {
    t: 'send',
    id,
    kind: 'text',
    text: 'hi',
    senderRole: 'agent',
    senderId: 'x',
    seq: 1,
    at: 'then',
  };
  expect(parse(forged)).toEqual({ ok: true, frame: { t: 'send', id, kind: 'text', text: 'hi' } });
});

test('keys that reach for the prototype do nothing', () => {
  const text = `{"t":"typing","on":true,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`;
  const parsed = parse(text);
  expect(parsed).toEqual({ ok: true, frame: { t: 'typing', on: true } });
  expect(Object.getPrototypeOf(parsed.ok && parsed.frame)).toBe(Object.prototype);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(refusal('{"__proto__":{"t":"typing","on":true}}')).toMatchObject({ code: 'invalid' });
});

describe('what is no frame is refused', () => {
  test.each([
    ['binary', new ArrayBuffer(8)],
    ['nothing', ''],
    ['broken JSON', '{"t":"hello"'],
    ['a number', '1'],
    ['null', 'null'],
    ['an array', '[{"t":"typing","on":true}]'],
    ['an unknown type', '{"t":"ack","id":"x","seq":1}'],
    ['no type', '{"after":null}'],
    ['a type that is an object', '{"t":{"toString":"hello"}}'],
  ])('%s', (_, data) => {
    const parsed = parseFrame(data, MAX);
    expect(parsed).toMatchObject({ ok: false, refusal: { code: 'invalid' } });
    expect(parsed).not.toHaveProperty('ref');
  });
});

test.each(['NaN', '1e308', '1e400', '-1', '1.5', '"1"', 'true', '[]', '9007199254740992', undefined])(
  'a place that is no place is refused: %s',
  (value) => {
    const after = value === undefined ? '' : `,"after":${value}`;
    expect(refusal(`{"t":"hello"${after}}`)).toMatchObject({ code: 'invalid' });
    expect(refusal(`{"t":"read"${after.replace('after', 'seq')}}`)).toMatchObject({ code: 'invalid' });
    expect(refusal(`{"t":"history"${after.replace('after', 'before')}}`)).toMatchObject({ code: 'invalid' });
  },
);

test('history before nothing, or nothing of it, is refused', () => {
  expect(refusal({ t: 'history', before: 0 })).toMatchObject({ code: 'invalid' });
  expect(refusal({ t: 'history', before: 5, limit: 0 })).toMatchObject({ code: 'invalid' });
});

describe('the limit on a frame is in bytes', () => {
  const ofBytes = (bytes: number, character: string) => {
    const width = new TextEncoder().encode(character).byteLength;
    const empty = JSON.stringify({ t: 'send', id, kind: 'text', text: '' }).length;
    const rest = bytes - empty;
    const text = 'a'.repeat(rest % width) + character.repeat(Math.floor(rest / width));
    return JSON.stringify({ t: 'send', id, kind: 'text', text });
  };

  test.each(['a', 'é', '你', '😀'])('%s: exactly the limit passes, one more is too large', (character) => {
    expect(new TextEncoder().encode(ofBytes(MAX, character)).byteLength).toBe(MAX);
    expect(parseFrame(ofBytes(MAX, character), MAX).ok).toBe(true);
    expect(parseFrame(ofBytes(MAX + 1, character), MAX)).toMatchObject({ refusal: { code: 'too_large' } });
  });

  test('what is far too large is not even parsed', () => {
    expect(parseFrame('{'.repeat(MAX + 1), MAX)).toMatchObject({ refusal: { code: 'too_large' } });
  });
});

describe('a refused send says which message it was', () => {
  test('by the id it came with, be it no proper one', () => {
    expect(refusal({ t: 'send', id, kind: 'text', text: 5 })).toEqual({ code: 'invalid', ref: id });
    expect(refusal({ t: 'send', id, kind: 'nonsense' })).toEqual({ code: 'invalid', ref: id });
    expect(refusal({ t: 'send', id: 'mine', kind: 'text', text: 'a' })).toEqual({
      code: 'invalid',
      ref: 'mine',
    });
  });

  test('but nothing long or strange is handed back, and no other frame has one', () => {
    expect(refusal({ t: 'send', id: 'x'.repeat(101) })).toEqual({ code: 'invalid', ref: undefined });
    expect(refusal({ t: 'send', id: { a: 1 } })).toEqual({ code: 'invalid', ref: undefined });
    expect(refusal({ t: 'read', id, seq: -1 })).toEqual({ code: 'invalid', ref: undefined });
  });
});
