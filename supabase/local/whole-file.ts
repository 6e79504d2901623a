import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';

/** Writes a file whole: a reader sees all of it or what was there before, never half, also if this process dies. */
export async function writeWhole(file: string, text: string, { mode = 0o666 } = {}): Promise<void> {
  const half = `${file}.${randomUUID()}`;
  await writeFile(half, text, { mode });
  await rename(half, file);
}
