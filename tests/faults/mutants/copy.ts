import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../support/project-root.ts';
import type { Mutant } from './mutants.ts';

/**
 * Copies what git knows of the working tree, and what it would add, to `folder`. Packages are linked, but for their
 * cache, which a build writes to.
 */
export async function copyTree(folder: string): Promise<void> {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  })
    .toString()
    .split('\0')
    .filter(Boolean);
  for (const file of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    // Deleted and not yet committed.
    await cp(path.join(root, file), path.join(folder, file)).catch(() => {});
  }
  const modules = path.join(folder, 'node_modules');
  await mkdir(path.join(modules, '.cache'), { recursive: true });
  for (const name of await readdir(path.join(root, 'node_modules'))) {
    if (name === '.cache' || name === '.vite-temp') continue;
    await symlink(path.join(root, 'node_modules', name), path.join(modules, name));
  }
}

/**
 * Takes a mutant's protection out of the copy.
 *
 * @returns how to put it back
 * @throws Error when the code isn't there any more: the mutant has to follow it
 */
export async function apply(folder: string, mutant: Pick<Mutant, 'edits'>): Promise<() => Promise<void>> {
  const before = new Map<string, string>();
  for (const { file, from, to } of mutant.edits) {
    const name = path.join(folder, file);
    const text = await readFile(name, 'utf8');
    if (!before.has(name)) before.set(name, text);
    const parts = text.split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, not once: ${from}`);
    await writeFile(name, parts.join(to));
  }
  return async () => {
    for (const [name, text] of before) await writeFile(name, text);
  };
}
