import type { ConversationContext } from '../protocol/context.ts';

/** Marks our messages among all that a page posts around. */
export const CHANNEL = 'wellchina-chat';

/** What the panel tells the page it is in. */
export type FromPanel =
  /** Listening: tell me how things are. */
  | { t: 'ready' }
  /** Minimise; the person did it in the panel. */
  | { t: 'close' }
  /** Whether to ask (`closing`) before the bubble closes the panel. */
  | { t: 'hold'; on: boolean }
  | { t: 'unread'; count: number }
  /** Somebody else wrote. */
  | { t: 'message'; text: string | null; senderName: string; at: string }
  /** What the page should remember: that there is a guest here, and whether their conversation is open. */
  | { t: 'known'; known: boolean; live: boolean }
  /** The page's own session is needed: answer with `token` and this id. */
  | { t: 'token'; id: number }
  | { t: 'error'; code: string };

/** What the page tells the panel. */
export type ToPanel =
  | {
      t: 'init';
      open: boolean;
      /** The person opened it just now. */
      focus: boolean;
      /** There has been a guest on this site before. */
      known: boolean;
      context: ConversationContext | null;
      locale: string | null;
      /** Whether the page has a session of its own to ask for. */
      user: boolean;
    }
  /** `focus`: the person opened it, so the cursor belongs in the composer. */
  | { t: 'open'; focus: boolean }
  | { t: 'close' }
  /** The person wants to close it: say what there is to be said, or `close`. */
  | { t: 'closing' }
  | { t: 'context'; context: ConversationContext | null }
  | { t: 'locale'; locale: string }
  | { t: 'user'; user: boolean }
  /** `token` null: nobody is signed in there; absent: the page couldn't say. */
  | { t: 'token'; id: number; token?: string | null };

export type Envelope<Body> = { channel: typeof CHANNEL; body: Body };

/** Ours, or null. Who sent it (`origin`, `source`) is for the caller to check first. */
export function unwrap<Body extends { t: string }>(data: unknown): Body | null {
  if (typeof data !== 'object' || data === null) return null;
  const { channel, body } = data as Partial<Envelope<Body>>;
  return channel === CHANNEL && typeof body?.t === 'string' ? body : null;
}
