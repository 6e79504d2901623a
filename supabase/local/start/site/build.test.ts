import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../paths.ts';

/** The pages and the Worker are not built anew for an edit in app/widget. That is right only while this holds. */
test('nothing outside app/widget imports from it', async () => {
  const sources = await Promise.all(
    ['app', 'workers'].map((name) => readdir(path.join(root, name), { recursive: true })),
  );
  const files = ['app', 'workers'].flatMap((folder, index) =>
    (sources[index] ?? []).map((name) => path.join(folder, name)),
  );
  const importing: string[] = [];
  for (const file of files) {
    if (!/\.tsx?$/.test(file) || file.startsWith(path.join('app', 'widget', path.sep))) continue;
    const text = await readFile(path.join(root, file), 'utf8');
    if (/(from|import)\s*\(?\s*['"](\.\.?\/)+widget\//.test(text)) importing.push(file);
  }
  expect(importing).toEqual([]);
});
