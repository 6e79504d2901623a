import { Form, isRouteErrorResponse, useRouteError } from '@remix-run/react';
import { useEffect } from 'react';
import { Notice } from '../site/notice.tsx';

const RELOAD_AFTER_MS = 10_000;

/** What the desk shows instead of itself: not an agent, away (comes back by itself), or broken. */
export function DeskError() {
  const error = useRouteError();
  const status = isRouteErrorResponse(error) ? error.status : 500;
  useEffect(() => {
    if (status !== 503) return;
    const timer = setTimeout(() => location.reload(), RELOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, [status]);
  const reload = (
    <button key="reload" type="button" className="button" onClick={() => location.reload()}>
      Try again
    </button>
  );
  if (status === 403) {
    const leave = (
      <Form key="leave" method="post" action="/agent/logout" reloadDocument>
        <button type="submit" className="button">
          Sign out
        </button>
      </Form>
    );
    return (
      <Notice title="This account isn’t an agent’s" actions={leave}>
        You’re signed in, but the desk is only for active support agents. If you should have access, ask an
        administrator.
      </Notice>
    );
  }
  if (status === 503) {
    return (
      <Notice title="The desk can’t be reached right now" actions={reload}>
        You’re still signed in and no message is lost. This page tries again by itself every few seconds.
      </Notice>
    );
  }
  return (
    <Notice title="Something went wrong" actions={reload}>
      That was our mistake, not yours. No message is lost.
    </Notice>
  );
}
