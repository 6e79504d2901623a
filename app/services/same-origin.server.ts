/**
 * Guards a form against being posted by another site.
 *
 * Browsers send `Origin` with every POST; where something in between took it away, `Sec-Fetch-Site` must say so.
 *
 * @throws Response 403 where neither vouches for the request
 */
export function requireSameOrigin(request: Request): void {
  const origin = request.headers.get('Origin');
  const allowed =
    origin === null
      ? request.headers.get('Sec-Fetch-Site') === 'same-origin'
      : origin === new URL(request.url).origin;
  if (!allowed) throw new Response('This form was sent from another site.', { status: 403 });
}
