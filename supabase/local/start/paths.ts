import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Everything a development run keeps; ignored by git, survives restarts. WELLCHINA_DATA names another folder. */
export const dataDir = path.resolve(root, process.env.WELLCHINA_DATA || '.data');

/** What builds keep to be quick the next time; `npm ci` clears it. */
export const cacheDir = path.join(root, 'node_modules', '.cache', 'wellchina-chat');
