import { isRouteErrorResponse, useRouteError } from '@remix-run/react';
import { DeskError } from './desk-error.tsx';
import { EmptyPane } from './empty-pane.tsx';

/** What an administrators' page shows instead of itself, with the desk around it still there. */
export function AdminError() {
  const error = useRouteError();
  const status = isRouteErrorResponse(error) ? error.status : 500;
  if (status !== 403) return <DeskError />;
  return (
    <EmptyPane title="Only administrators see this page">
      <p>Ask an administrator of your team if it should be you.</p>
    </EmptyPane>
  );
}
