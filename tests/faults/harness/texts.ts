import type { Random } from './random.ts';

/** What people write: plain, long, other scripts, combining marks, quotes and backslashes, what looks like SQL or JSON. */
const WORDS = [
  'hello',
  'knee replacement in Shanghai, how much?',
  '你好，请问手术多少钱？',
  'هل يمكنني السفر بعد العملية؟',
  'é vs é',
  '👩🏽‍⚕️🙏🏿',
  `'; drop table messages; --`,
  '{"t":"ack","seq":1} \\u0041 \\\\',
  'tab\tand\nnew line',
  '\u202Eright to left override',
  'x'.repeat(600),
] as const;

/** A text that says where it belongs, who wrote it and as which of theirs: `<room> <writer> <n> …`. */
export function textOf(room: string, writer: string, n: number, random: Random): string {
  return `${room} ${writer} ${n} ${random.pick(WORDS)}`;
}
