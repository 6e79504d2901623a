/**
 * The network a request came from, for the audit log: enough to see a sign-in from elsewhere, too little to find a
 * household.
 *
 * @returns `203.0.113.0/24` or `2001:db8:7::/48`; null where no address is known
 */
export function networkOf(request: Request): string | null {
  const address = request.headers.get('CF-Connecting-IP')?.trim().toLowerCase() ?? '';
  return ipv4Network(address.replace(/^::ffff:(?=[\d.]+$)/u, '')) ?? ipv6Network(address);
}

function ipv4Network(address: string): string | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/u.exec(address)?.slice(1).map(Number);
  return parts?.every((part) => part <= 255) ? `${parts.slice(0, 3).join('.')}.0/24` : null;
}

function ipv6Network(address: string): string | null {
  if (!URL.canParse(`http://[${address}]/`)) return null;
  // The browser's own parser has checked and shortened it: zeros are left out once, at most.
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
  return `${groups.slice(0, 3).join(':')}::/48`;
}
