import type { ConversationContext } from '../protocol/context.ts';

/** A site route's `handle`: what the chat is told about the page (the seed's section 5). */
export interface SiteHandle {
  chatContext(params: Record<string, string | undefined>, search: URLSearchParams): ConversationContext;
}

interface Match {
  handle?: unknown;
  params: Record<string, string | undefined>;
}

/**
 * The chat's context for a page: what the page says about itself, the visitor's region and what they saved.
 *
 * @param matches the router's, root first; the innermost one with a `chatContext` speaks
 */
export function pageContext(
  matches: readonly Match[],
  search: URLSearchParams,
  visitor: Pick<ConversationContext, 'region' | 'saved'>,
): ConversationContext {
  const speaking = matches.findLast(({ handle }) => isSiteHandle(handle));
  const page = speaking ? (speaking.handle as SiteHandle).chatContext(speaking.params, search) : {};
  return { ...page, ...visitor };
}

/** Query values as context: blank ones say nothing, and none is longer than the protocol takes. */
export function fromQuery<Key extends keyof ConversationContext & string>(
  search: URLSearchParams,
  keys: readonly Key[],
): { [K in Key]?: string } {
  const found: { [K in Key]?: string } = {};
  for (const key of keys) {
    const value = search.get(key)?.trim().slice(0, 200);
    if (value) found[key] = value;
  }
  return found;
}

function isSiteHandle(handle: unknown): handle is SiteHandle {
  return typeof handle === 'object' && handle !== null && 'chatContext' in handle;
}
