/** The socket address of a path on this site: `socketUrl('/rooms/…')`. Empty on the server, where there is no site. */
export function socketUrl(path: string): string {
  if (typeof location === 'undefined') return '';
  return `${location.origin.replace(/^http/, 'ws')}${path}`;
}
