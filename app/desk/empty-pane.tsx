import type { ReactNode } from 'react';

interface EmptyPaneProps {
  title: string;
  children?: ReactNode;
  busy?: boolean;
}

/** The main area when there is no conversation in it. */
export function EmptyPane({ title, children, busy = false }: EmptyPaneProps) {
  return (
    <div className="empty-pane" aria-busy={busy}>
      <svg className="empty-pane__art" viewBox="0 0 96 72" aria-hidden="true">
        <path d="M14 8h46a8 8 0 0 1 8 8v20a8 8 0 0 1-8 8H32L18 56V44h-4a8 8 0 0 1-8-8V16a8 8 0 0 1 8-8Z" />
        <path d="M76 26h4a8 8 0 0 1 8 8v16a8 8 0 0 1-8 8h-2v9l-11-9H48a8 8 0 0 1-8-6" />
      </svg>
      <h1>{title}</h1>
      {children}
    </div>
  );
}
