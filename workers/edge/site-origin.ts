/** What became of something that somebody typed as a website's address. */
export type SiteOrigin = { ok: true; origin: string } | { ok: false; problem: string };

/** The longest that Postgres keeps. */
const MAX_LENGTH = 255;
/** Stands in for the star while the address is parsed. */
const STAR = 'xn--any-site';

const refuse = (problem: string): SiteOrigin => ({ ok: false, problem });

/**
 * A website's address as `frame-ancestors` and `postMessage` know it: scheme, host and port, nothing else; with
 * `https://*.` for all its subdomains. It becomes part of a header, so only what is certain to be an origin gets in.
 *
 * @param typed as a person typed or pasted it; the scheme may be missing
 */
export function siteOrigin(typed: string): SiteOrigin {
  const text = typed.trim();
  if (text === '') return refuse('Enter the website’s address, for instance https://www.example.com.');
  if (/[\s,;]/u.test(text)) return refuse('Enter one address at a time, without spaces.');
  const address = /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) ? text : `https://${text}`;
  const starred = address.replace(/^([a-z]+:\/\/)\*\./iu, `$1${STAR}.`);
  if (starred.includes('*')) {
    return refuse('A star may only stand for all subdomains, at the very beginning: https://*.example.com.');
  }
  if (!URL.canParse(starred))
    return refuse('This is no address of a website. It looks like https://www.example.com.');
  const url = new URL(starred);
  const wildcard = url.hostname.startsWith(`${STAR}.`);
  const hostname = wildcard ? url.hostname.slice(STAR.length + 1) : url.hostname;
  const origin = `${url.protocol}//${wildcard ? '*.' : ''}${hostname}${url.port ? `:${url.port}` : ''}`;

  if (url.username || url.password) return refuse('Leave out the name and password before the @.');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal(hostname))) {
    return refuse('Only https:// websites can carry the chat; http:// is for localhost alone.');
  }
  if (url.pathname !== '/' || url.search || url.hash || /[?#]$/u.test(text)) {
    return refuse(`A website is listed as a whole, without a path. Did you mean ${origin}?`);
  }
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/u.test(hostname)) return refuse('This is no name of a website.');
  if (wildcard && (!hostname.includes('.') || /^[\d.]+$/u.test(hostname))) {
    return refuse('A star needs a whole domain behind it, for instance https://*.example.com.');
  }
  if (origin.length > MAX_LENGTH) return refuse('This address is too long.');
  return { ok: true, origin };
}

/** A host that only ever is this very machine; browsers trust it without TLS. */
export function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1';
}
