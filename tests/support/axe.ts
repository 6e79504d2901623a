import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Frame } from 'playwright-core';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** Of what goes beyond the standard: on a phone the desk's list stands alone, and the main part is the other screen. */
const NOT_ASKED = { 'landmark-one-main': { enabled: false }, 'page-has-heading-one': { enabled: false } };
/** What can be another in other colours. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds wrong in a frame, one line each: the rule, the element and why. It is put in by the debugger, so the
 * page keeps its strict Content-Security-Policy, and it is looked at as visitors get it.
 */
export async function violationsIn(frame: Frame, rules: 'all' | 'colours' = 'all'): Promise<string[]> {
  if (!(await frame.evaluate("typeof axe === 'object'"))) await frame.evaluate(source);
  const options: RunOptions = {
    ...(rules === 'all'
      ? {
          runOnly: { type: 'tag', values: [...STANDARDS, 'best-practice'] },
          rules: NOT_ASKED,
        }
      : { runOnly: { type: 'rule', values: COLOURS } }),
    resultTypes: ['violations'],
    // Each frame is asked by itself: between them axe would speak by messages, and the panel hears its own page alone.
    iframes: false,
  };
  const { violations } = (await frame.evaluate(
    `axe.run(document, ${JSON.stringify(options)})`,
  )) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, any, all, none, html }) =>
        `${id}: ${target.join(' ')} – ${[...any, ...all, ...none].map(({ message }) => message).join('; ')} – ${html.slice(0, 120)}`,
    ),
  );
}
