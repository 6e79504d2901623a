/**
 * Whether a form was posted by this very site.
 *
 * Browsers send `Origin` with every POST; where something in between took it away, `Sec-Fetch-Site` must say so. Where
 * both are there, both must agree: no browser sends one that contradicts the other.
 */
export function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get('Origin');
  const site = request.headers.get('Sec-Fetch-Site');
  if (origin === null) return site === 'same-origin';
  return origin === new URL(request.url).origin && (site === null || site === 'same-origin');
}

/** What another site's form is told. */
export function otherSite(): Response {
  return new Response('This form was sent from another site.', { status: 403 });
}

/**
 * Guards a form against being posted by another site.
 *
 * @throws Response 403
 */
export function requireSameOrigin(request: Request): void {
  if (!isSameOrigin(request)) throw otherSite();
}
