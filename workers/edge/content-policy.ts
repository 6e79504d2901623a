/**
 * Content-Security-Policy for everything the Worker answers. There is no `unsafe-inline` and no `unsafe-eval` in any
 * of them: a style is a stylesheet's or set by script, an inline script carries the response's nonce. No report is
 * asked for: reports carry addresses that people were on.
 */
export type PageKind =
  /** The public pages of the demo site. */
  | 'site'
  /** Its pages about one person: signing in and up, the account, the links of mails. */
  | 'account'
  /** Where a Google sign-in ends, in a window that the panel has opened and still has to reach. */
  | 'popup'
  | 'desk';

const ACCOUNT = /^\/(?:account|login|signup|auth|forgot|reset)(?:[/.]|$)/u;

/** Which kind of page a path is; one that is nobody's counts as the site's. */
export function pageKind(pathname: string): PageKind {
  if (/^\/agent(?:[/.]|$)/u.test(pathname)) return 'desk';
  if (/^\/auth\/popup(?:[/.]|$)/u.test(pathname)) return 'popup';
  return ACCOUNT.test(pathname) ? 'account' : 'site';
}

type Directives = Readonly<Record<string, readonly string[]>>;

const NONE = ["'none'"];
const SELF = ["'self'"];

/** Of anything that is no document: JSON, texts, redirects. */
export const DATA_POLICY = header({
  'default-src': NONE,
  'base-uri': NONE,
  'form-action': NONE,
  'frame-ancestors': NONE,
});

/**
 * The policy of a page rendered by Remix.
 *
 * `strict-dynamic` is not in it: it makes browsers ignore `'self'`, and the module preloads that Remix writes into
 * its pages carry no nonce. Everything under `'self'` is ours: what people upload lies in Storage, on another origin.
 *
 * @param nonce of this very response
 */
export function pagePolicy(kind: PageKind, url: URL, nonce: string, supabaseUrl: string): string {
  const supabase = new URL(supabaseUrl).origin;
  return header({
    'default-src': NONE,
    'script-src': [...SELF, `'nonce-${nonce}'`],
    'style-src': SELF,
    // Agents' pictures and those of Google accounts lie anywhere.
    'img-src': [...SELF, 'data:', 'https:', supabase],
    'font-src': SELF,
    'media-src': SELF,
    'manifest-src': SELF,
    'connect-src': [...SELF, socketOrigin(url)],
    // The widget, on the site's own pages.
    'frame-src': kind === 'desk' || kind === 'popup' ? NONE : SELF,
    // A browser holds redirects after a form to this as well: signing in with Google goes through Auth to Google.
    'form-action': kind === 'desk' ? SELF : [...SELF, supabase, 'https://accounts.google.com'],
    'base-uri': NONE,
    'object-src': NONE,
    // Nobody may put the desk or the account into a frame and have somebody click in it.
    'frame-ancestors': NONE,
  });
}

/** Where Cloudflare's Turnstile has its script and its frame. */
const TURNSTILE = 'https://challenges.cloudflare.com';

/**
 * The policy of the widget's document: its own code and nobody else's, on the listed sites and nowhere else.
 *
 * @param ancestors sources for `frame-ancestors` besides our own origin
 * @param captcha whether guests are asked by Turnstile
 */
export function widgetPolicy(url: URL, ancestors: readonly string[], captcha: boolean): string {
  const turnstile = captcha ? [TURNSTILE] : [];
  return header({
    'default-src': NONE,
    'script-src': [...SELF, ...turnstile],
    'style-src': SELF,
    'img-src': [...SELF, 'data:', 'https:'],
    'font-src': SELF,
    'media-src': SELF,
    'connect-src': [...SELF, socketOrigin(url)],
    'frame-src': captcha ? turnstile : NONE,
    'base-uri': NONE,
    'form-action': NONE,
    'object-src': NONE,
    'frame-ancestors': [...SELF, ...ancestors],
  });
}

/** Older Safaris don't count sockets under `'self'`. */
function socketOrigin(url: URL): string {
  return `${url.protocol === 'https:' ? 'wss' : 'ws'}://${url.host}`;
}

function header(directives: Directives): string {
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}
