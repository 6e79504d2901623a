/** Where the desk starts, and where anybody goes whose `next` can't be trusted. */
export const DESK = '/agent';

/**
 * Where to go after signing in: a page of the desk of this very site, whatever the link asked for.
 *
 * Parsed the way browsers do, since they read `/\evil.example` and `/	/evil.example` as another host. Pages that
 * are no screens (login, logout, refresh) lead to the desk's start.
 *
 * @param next as it came in the query
 * @returns a path that begins with `/agent`
 */
export function safeNext(next: string | null | undefined): string {
  if (!next?.startsWith('/')) return DESK;
  const base = 'http://here.invalid';
  if (!URL.canParse(next, base)) return DESK;
  const url = new URL(next, base);
  // A doubled slash is no page of ours, and a redirect to one is put right with a note in the log.
  if (url.origin !== base || url.pathname.includes('//')) return DESK;
  if (url.pathname !== DESK && !url.pathname.startsWith(`${DESK}/`)) return DESK;
  // Single fetch asks for `/agent.data`; the page behind it is `/agent`.
  const path = url.pathname.replace(/\.data$/u, '');
  url.searchParams.delete('_routes');
  return NO_SCREENS.has(path) ? DESK : path + url.search;
}

const NO_SCREENS = new Set(['/agent/login', '/agent/logout', '/agent/refresh']);
