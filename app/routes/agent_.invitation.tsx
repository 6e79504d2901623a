import type {
  ActionFunctionArgs,
  HeadersFunction,
  LinksFunction,
  LoaderFunctionArgs,
  MetaFunction,
} from '@remix-run/cloudflare';
import { data, redirect } from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { InvitationForm } from '../desk/invitation-form.tsx';
import login from '../desk/login.css?url';
import { readForm } from '../services/body.server.ts';
import { acceptInvitation } from '../services/invitation.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';

export const links: LinksFunction = () => [{ rel: 'stylesheet', href: login }];

export const meta: MetaFunction = () => [
  { title: 'Join the team · WellChina Desk' },
  { name: 'robots', content: 'noindex' },
  // The address carries what the mail's link proves. Not `no-referrer`: the form would come without its origin.
  { name: 'referrer', content: 'same-origin' },
];

export const headers: HeadersFunction = ({ actionHeaders, loaderHeaders }) =>
  actionHeaders.has('Cache-Control') ? actionHeaders : loaderHeaders;

/** Only shows the form: a link that is merely looked at, by a mail program for instance, must not be used up. */
export function loader({ request }: LoaderFunctionArgs) {
  const query = new URL(request.url).searchParams;
  const tokenHash = query.get('token_hash')?.slice(0, 200) ?? '';
  return data(
    { tokenHash, type: query.get('type')?.slice(0, 20) ?? 'invite' },
    { headers: { 'Cache-Control': 'private, no-store' } },
  );
}

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const form = await readForm(request);
  const answer = await acceptInvitation(request, context.cloudflare.env, form);
  if (answer.ok) return redirect('/agent', { headers: answer.headers });
  const { headers, status, over, problems } = answer;
  headers.set('Cache-Control', 'private, no-store');
  if (status === 503) headers.set('Retry-After', '5');
  if (status === 429) headers.set('Retry-After', '60');
  return data({ over, problems, name: form.get('name')?.slice(0, 200) ?? '' }, { status, headers });
}

export default function Invitation() {
  const { tokenHash, type } = useLoaderData<typeof loader>();
  return <InvitationForm tokenHash={tokenHash} type={type} answer={useActionData<typeof action>() ?? null} />;
}
