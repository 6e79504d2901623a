// `npm run build` makes the file; type checking must not need it.
declare module '*/build/server/index.js';
