import type { HeadersFunction, LinksFunction } from '@remix-run/cloudflare';
import account from './account.css?url';

/** What the account's pages need besides the site's. */
export const accountLinks: LinksFunction = () => [{ rel: 'stylesheet', href: account }];

/** Of whatever answered: the form, else the page, else why there is none. */
export const actionHeaders: HeadersFunction = ({ actionHeaders: form, loaderHeaders, errorHeaders }) => {
  if (errorHeaders) return errorHeaders;
  const headers = new Headers(loaderHeaders);
  for (const [name, value] of form) {
    if (name === 'set-cookie') headers.append(name, value);
    else headers.set(name, value);
  }
  return headers;
};
