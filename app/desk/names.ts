import type { Conversation } from '../protocol/model.ts';

/** `b834…9ef6`: enough of an id to tell two guests apart at a glance (the seed's 11.4). */
export function shortId(id: string): string {
  return `${id.slice(0, 4)}…${id.slice(-4)}`;
}

/** What agents call a visitor: their name, else `Guest #b834…9ef6`, else `Visitor #…` for an account without a name. */
export function visitorName(visitor: Conversation['visitor']): string {
  const name = visitor.name?.trim();
  if (name) return name;
  return `${visitor.isAnonymous ? 'Guest' : 'Visitor'} #${shortId(visitor.id)}`;
}
