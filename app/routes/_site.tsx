import type { LinksFunction, LoaderFunctionArgs } from '@remix-run/cloudflare';
import { Outlet, type ShouldRevalidateFunction, useLoaderData } from '@remix-run/react';
import { shownName } from '../services/account.server.ts';
import site from '../site/site.css?url';
import { SiteFrame } from '../site/site-frame.tsx';
import { WidgetScript } from '../site/widget-script.tsx';

export const links: LinksFunction = () => [{ rel: 'stylesheet', href: site }];

/** The country the request came from, where the edge knows it: agents see it as the visitor's region. */
export function loader({ request }: LoaderFunctionArgs) {
  const country = request.cf?.country;
  // T1 is Tor, XX is unknown.
  const region =
    typeof country === 'string' && /^[A-Z]{2}$/u.test(country) && country !== 'XX' ? country : null;
  return { region, name: shownName(request) };
}

export const shouldRevalidate: ShouldRevalidateFunction = () => false;

export default function Site() {
  const { region, name } = useLoaderData<typeof loader>();
  return (
    <>
      <SiteFrame name={name}>
        <Outlet />
      </SiteFrame>
      <WidgetScript region={region} />
    </>
  );
}
