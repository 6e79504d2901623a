import path from 'node:path';

/** The project's root folder. */
export const root = path.resolve(import.meta.dirname, '../..');

/** A file of `tests/support`, as a path. */
export const support = (name: string): string => path.join(import.meta.dirname, name);
