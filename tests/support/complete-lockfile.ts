/**
 * `node tests/support/complete-lockfile.ts`, after `npm install --package-lock-only`: puts the optional packages of other
 * platforms into package-lock.json that npm left out because the registry at hand does not serve them.
 * `npm ci` refuses a lockfile that lacks them, and nobody on macOS or Windows would get theirs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Lockfile, withMissingPlatforms } from './lockfile.ts';
import { root } from './project-root.ts';

const file = path.join(root, 'package-lock.json');
const before = JSON.parse(await readFile(file, 'utf8')) as Lockfile;
const { lockfile, added } = withMissingPlatforms(before);
await writeFile(file, `${JSON.stringify(lockfile, null, 2)}\n`);
console.log(`${added.length} packages of other platforms added`);
