import type { AuthContext, AuthServices } from '../context.ts';
import { isRedirectAllowed } from './allow-list.ts';

/**
 * Where this request's link or sign-in leads in the end: what it asks for (header or query `redirect_to`), else the
 * page it comes from, each only when allowed; else the site (GoTrue's GetReferrer).
 */
export function redirectTarget({ settings }: AuthServices, c: AuthContext): string {
  const wanted = [c.req.header('redirect_to') || c.req.query('redirect_to'), c.req.header('referer')];
  for (const url of wanted) {
    if (url && isRedirectAllowed(settings, url)) return url;
  }
  return settings.siteUrl;
}
