import { attack, type Group } from '../attack.ts';
import { CANARY, type Stage } from '../stage.ts';

/** What the Worker has printed since it started, a line each. */
/** Notes of workerd itself, which an operator's log doesn't hold. */
const RUNTIME = /^NOSENTRY |^Uncaught exception: kj\/compat\/http|^stack: |^\s*$/u;

const lines = (stage: Stage) =>
  stage.worker
    .output()
    .split('\n')
    .filter((line) => !RUNTIME.test(line));

/** Tried last: everything above has had its chance to be written down. */
export const logs: Group = {
  title: 'The log',
  attacks: [
    attack(
      'paths and fields with line breaks, fake entries and escape sequences',
      'one line of JSON an entry',
      async (stage) => {
        const nasty = '%0a%7B%22event%22:%22request_failed%22%7D%0a%1b%5b31m';
        for (const path of [
          `/agent/${nasty}`,
          `/api/${nasty}`,
          `/${nasty}`,
          `/rooms/${nasty}`,
          '/%ff',
          `/agent?x=${nasty}`,
        ])
          await stage.http('GET', path);
        await stage.dial(`/rooms/${nasty}`, { bearer: 'x' }).opening();
        const odd = lines(stage).filter((line) => {
          try {
            return typeof (JSON.parse(line) as { event?: unknown }).event !== 'string';
          } catch {
            return true;
          }
        });
        return odd.length === 0
          ? 'one line of JSON an entry'
          : [...new Set(odd)].slice(0, 5).join(' | ').slice(0, 600);
      },
    ),
    attack('people’s words, tokens, tickets and addresses', 'none in it', async (stage) => {
      const output = stage.worker.output();
      const told = [CANARY, '@attacks.test', ...stage.secrets].filter((secret) => output.includes(secret));
      return told.length === 0 ? 'none in it' : told.slice(0, 3).join(' | ');
    }),
    attack('failures that the attacks above could bring about', 'none', async (stage) => {
      const failures = lines(stage).filter((line) =>
        /request_failed|store_failed|frame_failed|room_call_failed|lobby_call_failed|alarm_failed|room_halted|Uncaught|exception/u.test(
          line,
        ),
      );
      return failures.length === 0 ? 'none' : [...new Set(failures)].slice(0, 5).join(' | ').slice(0, 600);
    }),
  ],
};
