/** The locales there are: one for each file in `locales`. */
export const LOCALES: readonly string[] = Object.keys(
  import.meta.glob('./locales/*.ts', { query: '?chat' }),
).map((path) => path.slice('./locales/'.length, -'.ts'.length));
