import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../support/project-root.ts';
import { codeMutants } from './all.ts';

test.each(codeMutants)('there is a check to take out: $check', async ({ edits }) => {
  const texts = new Map<string, string>();
  for (const { file, from, to } of edits) {
    const text = texts.get(file) ?? (await readFile(path.join(root, file), 'utf8'));
    // Whoever has changed the check changes its patch in tests/access/code.
    expect(text.split(from).length - 1, `${file} has it once: ${from}`).toBe(1);
    texts.set(file, text.replace(from, to));
  }
});
