import type { ReactNode } from 'react';
import { BrandMark } from './brand.tsx';

/** A whole page that says one thing, and what can be done about it. */
export function Notice({
  title,
  children,
  actions,
}: {
  title: string;
  children: ReactNode;
  actions: ReactNode;
}) {
  return (
    <main className="notice">
      <BrandMark className="notice__mark" />
      <h1>{title}</h1>
      <p>{children}</p>
      <div className="notice__actions">{actions}</div>
    </main>
  );
}
