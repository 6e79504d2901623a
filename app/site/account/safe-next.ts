/** Where anybody goes whose `next` can't be trusted. */
export const ACCOUNT = '/account';

/**
 * Where to go after signing in: a page of this very site, whatever the link asked for. Parsed the way browsers do,
 * since they read `/\evil.example` and `/	/evil.example` as another host.
 *
 * @param next as it came in the query
 * @returns a path that begins with `/`
 */
export function safeSiteNext(next: string | null | undefined): string {
  if (!next?.startsWith('/')) return ACCOUNT;
  const base = 'http://here.invalid';
  if (!URL.canParse(next, base)) return ACCOUNT;
  const url = new URL(next, base);
  if (url.origin !== base || url.pathname.includes('//')) return ACCOUNT;
  const path = url.pathname.replace(/\.data$/u, '');
  url.searchParams.delete('_routes');
  return NO_PAGES.test(path) ? ACCOUNT : path + url.search;
}

/** Not the site's, or pages one doesn't go back to. */
const NO_PAGES =
  /^\/(?:agent|api|assets|auth|forgot|healthz|lobby|login|reset|rooms|signup|widget)(?:[/.]|$)/u;
