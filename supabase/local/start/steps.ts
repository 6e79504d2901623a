import { styleText } from 'node:util';

export interface Step {
  /** Prints the step as done, with what came of it and how long it took. */
  done(detail?: string): void;
}

const began = performance.now();

/** Begins a step that people wait for. Prints one line when it is done; steps may overlap. */
export function step(name: string): Step {
  const from = performance.now();
  return {
    done(detail = '') {
      const seconds = ((performance.now() - from) / 1000).toFixed(1);
      const mark = styleText('green', '✓');
      console.log(`  ${mark} ${name.padEnd(11)} ${detail} ${styleText('dim', `${seconds} s`)}`);
    },
  };
}

/** A line between the steps. */
export function note(line: string): void {
  console.log(styleText('dim', `    ${line}`));
}

/** Something people should know or do. */
export function problem(text: string): void {
  console.error(`\n${styleText('red', '✗')} ${text}\n`);
}

/** Seconds since the command began, for the closing line. */
export function sinceStart(): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}
