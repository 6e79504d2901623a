import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { watchFolders } from './watch.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'watch-'));
  await mkdir(path.join(folder, 'routes'));
  await writeFile(path.join(folder, 'routes/page.tsx'), 'one');
  onTestFinished(() => rm(folder, { recursive: true }));
});

async function watching(work: () => Promise<void> = async () => {}) {
  const changed = vi.fn(work);
  const end = await watchFolders([folder], changed);
  onTestFinished(end);
  return changed;
}

/** As editors save: a new file, renamed over the old one. */
async function save(name: string, text: string): Promise<void> {
  await writeFile(path.join(folder, '.swap'), text);
  await rename(path.join(folder, '.swap'), path.join(folder, name));
}

test('every save is noticed, also the second one of a file that was replaced', async () => {
  const changed = await watching();
  await save('routes/page.tsx', 'two');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), 5000);
  await save('routes/page.tsx', 'three');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2), 5000);
});

test('edits in a folder made since are noticed', async () => {
  const changed = await watching();
  await mkdir(path.join(folder, 'desk'));
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), 5000);
  await writeFile(path.join(folder, 'desk/queue.tsx'), 'x');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2), 5000);
});

test('an edit during a build makes another build after it, never beside it', async () => {
  const builds: (() => void)[] = [];
  let atOnce = 0;
  await watching(async () => {
    expect(++atOnce).toBe(1);
    await new Promise<void>((resolve) => builds.push(resolve));
    atOnce--;
  });
  await save('routes/page.tsx', 'two');
  await vi.waitFor(() => expect(builds).toHaveLength(1), 5000);
  await save('routes/page.tsx', 'three');
  builds[0]?.();
  await vi.waitFor(() => expect(builds).toHaveLength(2), 5000);
  builds[1]?.();
});
