/**
 * Whom a request is counted for: the address it came from, as Cloudflare saw it. Of IPv6 the /64 that a line gets,
 * since whoever has one has 2⁶⁴ addresses.
 *
 * @returns null where no edge has said anything (another part of the Worker, a test): nobody to count
 */
export function countedAddress(request: Request): string | null {
  const address = request.headers.get('CF-Connecting-IP')?.trim().toLowerCase();
  if (!address) return null;
  const mapped = /^::ffff:([\d.]+)$/u.exec(address)?.[1];
  if (mapped) return mapped;
  if (!address.includes(':')) return address;
  if (!URL.canParse(`http://[${address}]/`)) return address;
  // The parser has checked it and written it in the one short form there is.
  const [head = '', tail = ''] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}
