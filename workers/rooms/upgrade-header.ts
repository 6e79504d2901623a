import { z } from 'zod';
import { sessionSchema } from './sockets.ts';

/**
 * What the Worker tells an object about a socket it has authorised. A Durable Object is only reached through its
 * binding, and the Worker sets this header itself on every request it passes on.
 */
const HEADER = 'x-wellchina-socket';

const schema = sessionSchema.omit({ greeted: true }).extend({
  /** The room's conversation; empty for the lobby. */
  conversationId: z.string(),
  /** When the credential was issued, milliseconds since the epoch: one issued before a sign-out opens nothing. */
  issuedAt: z.number(),
  /** The network it came from, as `networkOf` gives it. */
  from: z.string().nullable().default(null),
});

export type Upgrade = z.infer<typeof schema>;

/** The request to hand on: the upgrade alone, without the person's cookies and tokens. */
export function withUpgrade(request: Request, upgrade: z.input<typeof schema>): Request {
  return new Request(request.url, {
    headers: { upgrade: 'websocket', [HEADER]: encodeURIComponent(JSON.stringify(upgrade)) },
  });
}

/** @throws when the request did not come through the Worker */
export function readUpgrade(request: Request): Upgrade {
  return schema.parse(JSON.parse(decodeURIComponent(request.headers.get(HEADER) ?? '')));
}
