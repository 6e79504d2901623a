import type { AuthSettings } from '../settings.ts';
import { globToRegExp } from './glob.ts';

type Lists = Pick<AuthSettings, 'siteUrl' | 'redirectUrls'>;

/** Schemes that run or read something instead of leading somewhere. No list makes them allowed. */
const NEVER = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:', 'view-source:']);

/**
 * Whether tokens may be sent to this URL: it is the site's own, this machine's, or on the list (supabase/auth,
 * `IsRedirectURLValid`). Stricter than the original where a browser reads a URL in another way than Go does: what
 * counts is what the browser would open, so it must match as it is written and as it is understood.
 */
export function isRedirectAllowed(settings: Lists, target: string): boolean {
  // A browser drops control characters and reads a backslash as a slash.
  if (target === '' || /[\p{Cc}\s\\]/u.test(target)) return false;
  const url = parse(target);
  const site = parse(settings.siteUrl);
  if (!url || !site || NEVER.has(url.protocol)) return false;
  // `http://localhost@evil.example`: what stands before the @ only looks like a host.
  if (url.username !== '' || url.password !== '') return false;
  const web = url.protocol === 'http:' || url.protocol === 'https:';
  if (web) {
    if (!/^https?:\/\/[^/]/i.test(target)) return false;
    const sameHost = url.protocol === site.protocol && url.hostname === site.hostname;
    if (sameHost && (url.port === site.port || isLoopback(url.hostname))) return true;
    // Of addresses only this machine's, and not in disguise (`http://2130706433/`).
    if (isAddress(url.hostname)) return isLoopback(url.hostname) && target.includes(url.hostname);
  }
  const [written = ''] = target.split('#');
  return settings.redirectUrls.some((pattern) => {
    const glob = globToRegExp(pattern);
    return glob.test(written) && (!web || glob.test(understood(url, written)));
  });
}

/** As a browser understands it, without the slash that it adds behind a bare host. */
function understood(url: URL, written: string): string {
  const text = url.origin + url.pathname + url.search;
  return text.endsWith('/') && !written.endsWith('/') ? text.slice(0, -1) : text;
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
