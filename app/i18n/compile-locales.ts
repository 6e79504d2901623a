import { pathToFileURL } from 'node:url';
import compile from 'icu-minify/compile';
import type { Plugin } from 'vite';
import { PARTS, type Part, partOf } from './parts.ts';

const LOCALE = /\/i18n\/locales\/[\w-]+\.ts\?(\w+)$/;

/**
 * Turns the ICU texts of `locales/<locale>.ts?<part>` into what the small runtime reads, at build time: no parser is
 * shipped. The loader's part stays plain text, it brings no runtime at all.
 */
export function compileLocales(): Plugin {
  let edits = 0;
  return {
    name: 'compile-locales',
    enforce: 'pre',
    watchChange() {
      edits += 1;
    },
    async load(id) {
      const part = LOCALE.exec(id)?.[1];
      if (!isPart(part)) return null;
      const file = id.slice(0, id.lastIndexOf('?'));
      this.addWatchFile(file);
      const url = `${pathToFileURL(file)}?edit=${edits}`;
      const { default: texts } = (await import(/* @vite-ignore */ url)) as {
        default: Record<string, string>;
      };
      return `export default ${JSON.stringify(compilePart(texts, part))}`;
    },
  };
}

/**
 * One part of a locale's texts, compiled.
 *
 * @throws SyntaxError naming the key whose text is no ICU message
 */
export function compilePart(texts: Readonly<Record<string, string>>, part: Part): Record<string, unknown> {
  const mine = Object.entries(texts).filter(([key]) => partOf(key) === part);
  return Object.fromEntries(mine.map(([key, text]) => [key, part === 'loader' ? text : compiled(key, text)]));
}

function compiled(key: string, text: string): unknown {
  try {
    return compile(text);
  } catch (error) {
    throw new SyntaxError(`${key}: ${text}`, { cause: error });
  }
}

function isPart(part: string | undefined): part is Part {
  return PARTS.some((known) => known === part);
}
