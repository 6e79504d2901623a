import type { ReactNode } from 'react';
import { widget } from './widget.ts';

/** Opens the chat. */
export function ChatButton({ children, className = 'button' }: { children: ReactNode; className?: string }) {
  return (
    <button type="button" className={className} onClick={() => widget('open')}>
      {children}
    </button>
  );
}
