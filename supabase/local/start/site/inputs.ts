import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../paths.ts';

/** What a part of the build is made of: files and folders, relative to the root. */
export interface Inputs {
  paths: readonly string[];
  /** Folders and files below them that this part never reads. */
  except?: readonly string[];
}

/**
 * A digest of names and contents of everything in `inputs`; tests and missing files do not count.
 * Contents, not times: a fresh checkout or a saved file without a change builds nothing.
 */
export async function digest(inputs: Inputs, base: string = root): Promise<string> {
  const except = (inputs.except ?? []).map((name) => path.join(base, name));
  const found = await Promise.all(inputs.paths.map((name) => filesBelow(path.join(base, name), except)));
  const files = found.flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256');
  for (const [index, file] of files.entries()) {
    hash.update(`${path.relative(base, file)}\0`).update(contents[index] ?? '');
  }
  return hash.digest('hex');
}

async function filesBelow(place: string, except: readonly string[]): Promise<string[]> {
  if (except.includes(place) || /\.test\.tsx?$/.test(place)) return [];
  try {
    const names = await readdir(place);
    return (await Promise.all(names.map((name) => filesBelow(path.join(place, name), except)))).flat();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [place];
    if (code === 'ENOENT') return [];
    throw error;
  }
}
