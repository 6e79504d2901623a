import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { useEffect } from 'react';
import type { AuthMessage } from '../protocol/http.ts';
import { googleRefusal } from '../services/google.server.ts';
import { Notice } from '../site/notice.tsx';

export const meta: MetaFunction = () => [
  { title: 'Signing in · WellChina' },
  { name: 'robots', content: 'noindex' },
];

/** What came back from Google. The code is worth nothing without the verifier, which this page never sees. */
export function loader({ request }: LoaderFunctionArgs): { message: AuthMessage } {
  const { searchParams } = new URL(request.url);
  const code = searchParams.get('code');
  return {
    message:
      code !== null && code.length <= 1_000
        ? { type: 'wellchina:auth', code }
        : { type: 'wellchina:auth', error: googleRefusal(searchParams) },
  };
}

/** Hands it to the panel that has opened this window, and closes it. The panel is of our own origin, on whatever page. */
export default function Popup() {
  const { message } = useLoaderData<typeof loader>();
  useEffect(() => {
    const opener: unknown = window.opener;
    if (!opener) return;
    (opener as Window).postMessage(message, window.location.origin);
    window.close();
  }, [message]);
  return (
    <Notice title={'code' in message ? 'You’re almost there' : 'That didn’t work'} actions={[]}>
      You can close this window and go back to your chat.
    </Notice>
  );
}
