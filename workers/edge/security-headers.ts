import { DATA_POLICY, type PageKind, pageKind } from './content-policy.ts';

/** What every answer of ours carries, static files too (`public/_headers` says the same for those). */
export const COMMON_HEADERS = {
  // Two years; subdomains are not ours to decide about.
  'Strict-Transport-Security': 'max-age=63072000',
  'X-Content-Type-Options': 'nosniff',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=(), browsing-topics=()',
} as const;

/** What a kind of page says about where people come from and who may reach its window. */
const BY_KIND: Record<PageKind, Record<string, string>> = {
  site: {
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    // The widget on it opens the window for a Google sign-in, and has to hear from it.
    'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
    // Its nonce is of this one answer.
    'Cache-Control': 'private, no-cache',
  },
  account: {
    // Links of mails carry their token in the address: no other site is told it. With `no-referrer` the browser would
    // send these pages' own forms as from nowhere (`Origin: null`), and those are refused.
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
    'Cache-Control': 'private, no-store',
  },
  popup: {
    'Referrer-Policy': 'no-referrer',
    // Anything else cuts it off from the panel that opened it, which lives on somebody else's page.
    'Cross-Origin-Opener-Policy': 'unsafe-none',
    'Cache-Control': 'private, no-store',
  },
  desk: {
    // Its addresses name conversations.
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'private, no-store',
  },
};

/**
 * The same answer with the headers that every answer carries, where it doesn't say otherwise itself.
 * Sockets that were opened pass through untouched.
 *
 * @param pathname what was asked for
 */
export function secured(response: Response, pathname: string): Response {
  if (response.status === 101) return response;
  const answer = new Response(response.body, response);
  const { headers } = answer;
  const fallback = (name: string, value: string) => {
    if (!headers.has(name)) headers.set(name, value);
  };
  const kind = pageKind(pathname);
  const isPage = /^text\/html\b/u.test(headers.get('Content-Type') ?? '');
  for (const [name, value] of Object.entries(COMMON_HEADERS)) fallback(name, value);
  for (const [name, value] of Object.entries(BY_KIND[kind])) {
    // Only the public pages may be kept, and only to be asked for again.
    const kept = name === 'Cache-Control' && !isPage ? 'private, no-store' : value;
    fallback(name, kept);
  }
  fallback('Content-Security-Policy', DATA_POLICY);
  fallback('Cross-Origin-Resource-Policy', 'same-origin');
  return answer;
}
