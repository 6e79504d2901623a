import type { Chat } from './chat.ts';

/** Everything of the chat that could be on the screen. */
export function shown(chat: Chat): string {
  const { client, starting, draft, veiled, conversations } = chat.getSnapshot();
  if (veiled) return '';
  const { messages = [], pending = [] } = client?.getSnapshot() ?? {};
  return [...messages, ...pending, ...starting]
    .map(({ text }) => text)
    .concat(
      draft,
      conversations.map(({ id }) => id),
    )
    .join('|');
}

/** Every frame there ever was, each with who was there. */
export function film(chat: Chat): { person: string | undefined; shown: string }[] {
  const frames: { person: string | undefined; shown: string }[] = [];
  const shoot = () => frames.push({ person: chat.getSnapshot().person?.id, shown: shown(chat) });
  let watched: unknown = null;
  shoot();
  chat.subscribe(() => {
    shoot();
    const { client } = chat.getSnapshot();
    if (client && client !== watched) client.subscribe(shoot);
    watched = client;
  });
  return frames;
}
