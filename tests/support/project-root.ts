import { fileURLToPath } from 'node:url';

/** The project's root folder, as a path: `URL.pathname` would escape spaces and break on Windows. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file of `tests/support`, as a path. */
export const support = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
