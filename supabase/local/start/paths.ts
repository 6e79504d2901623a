import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Everything a development run keeps; ignored by git, survives restarts. */
export const dataDir = path.join(root, '.data');
