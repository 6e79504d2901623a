import type { Random } from '../../faults/harness/random.ts';

/** What has been sent so far, for frames that say it again. */
export interface Memory {
  sends: { id: string; text: string }[];
}

/** What goes on the wire: text, or bytes as a binary frame. */
export type Generated = string | Buffer;

const TEXTS = [
  'hello',
  '你好',
  'مرحبا \u202e',
  '\u0000',
  '\ud800',
  '\udc00x',
  ' ',
  '',
  '\u200b',
  '😀'.repeat(50),
  '<img src=x onerror=alert(1)>',
  "'; drop table log; --",
  'x'.repeat(4_000),
  'x'.repeat(4_001),
  '\n\n',
  '{"t":"send"}',
];
const NUMBERS = [0, 1, 2, -1, -0, 1.5, 1e308, 2 ** 53, 2 ** 53 - 1, 2 ** 31, -(2 ** 63), 1e-300];
const JUNK: unknown[] = [
  null,
  true,
  false,
  '',
  'x',
  [],
  {},
  [[]],
  { t: 'send' },
  '__proto__',
  'constructor',
  ...NUMBERS,
  ...TEXTS,
];
const KEYS = [
  't',
  'id',
  'kind',
  'text',
  'seq',
  'after',
  'before',
  'limit',
  'on',
  'epoch',
  'attachmentId',
  '__proto__',
  'constructor',
  'toString',
  'senderRole',
  'at',
  'message',
  '',
];

/** A frame the protocol has, with values that mostly make sense. */
export function validFrame(random: Random, memory: Memory): Record<string, unknown> {
  switch (random.int(0, 9)) {
    case 0:
      return {
        t: 'hello',
        after: random.chance(0.3) ? null : random.int(0, 60),
        ...(random.chance(0.2) ? { epoch: random.int(1, 3) } : {}),
      };
    case 1:
      return { t: 'typing', on: random.chance(0.5) };
    case 2:
      return { t: 'read', seq: random.int(0, 100_000) };
    case 3:
      return {
        t: 'history',
        before: random.int(1, 5_000),
        ...(random.chance(0.8) ? { limit: random.int(1, 5) } : { limit: 30 }),
      };
    case 4: {
      // Said before: the same, under another spelling of its id, or with another text.
      const said = memory.sends.length > 0 ? random.pick(memory.sends) : { id: random.uuid(), text: 'first' };
      return {
        t: 'send',
        kind: 'text',
        id: random.chance(0.3) ? said.id.toUpperCase() : said.id,
        text: random.chance(0.3) ? `${said.text}!` : said.text,
      };
    }
    default: {
      const said = {
        id: random.uuid(),
        text: random.chance(0.8) ? `message ${random.int(0, 1e9)}` : random.pick(TEXTS),
      };
      memory.sends.push(said);
      if (memory.sends.length > 200) memory.sends.shift();
      return { t: 'send', kind: 'text', ...said };
    }
  }
}

/** One frame: valid, nearly valid, or garbage. */
export function generate(random: Random, memory: Memory): Generated {
  const kind = random.next();
  if (kind < 0.45) return JSON.stringify(validFrame(random, memory));
  if (kind < 0.75) return nearly(random, validFrame(random, memory));
  if (kind < 0.85) return JSON.stringify(anything(random, 4));
  if (kind < 0.9) return broken(random, JSON.stringify(validFrame(random, memory)));
  if (kind < 0.97)
    return random.pick([
      '',
      ' ',
      '{',
      '}',
      'null',
      'ping',
      'ping ',
      'PING',
      '\ufeff{}',
      '{"t":"send","id":NaN}',
      '[1e999]',
      '"\\ud800"',
      '{"t":"hello","after":null}'.repeat(2),
      '['.repeat(5_000),
    ]);
  if (kind < 0.998) return Buffer.from(Array.from({ length: random.int(0, 64) }, () => random.int(0, 255)));
  return 'x'.repeat(33 * 1024);
}

/** A valid frame with a field taken away, added, or given a value of another kind. */
function nearly(random: Random, frame: Record<string, unknown>): string {
  const changed = { ...frame };
  for (let changes = random.int(1, 2); changes > 0; changes--) {
    const key = random.chance(0.7) ? random.pick(Object.keys(changed).concat('t')) : random.pick(KEYS);
    if (random.chance(0.2)) delete changed[key];
    // Not an assignment: `__proto__` is to be a key of its own.
    else
      Object.defineProperty(changed, key, {
        value: random.pick(JUNK),
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return JSON.stringify(changed);
}

function anything(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.4)) return random.pick(JUNK);
  const size = random.int(0, 4);
  if (random.chance(0.4)) return Array.from({ length: size }, () => anything(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: size }, () => [random.pick(KEYS), anything(random, depth - 1)]),
  );
}

/** Text that was JSON: cut, doubled, or with one letter turned. */
function broken(random: Random, text: string): string {
  const at = random.int(0, text.length - 1);
  const how = random.int(0, 2);
  if (how === 0) return text.slice(0, at);
  if (how === 1) return text + text.slice(at);
  return text.slice(0, at) + String.fromCharCode(random.int(0, 0xffff)) + text.slice(at + 1);
}
