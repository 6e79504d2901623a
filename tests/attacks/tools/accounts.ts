import { randomUUID } from 'node:crypto';
import type { Session, UpgradeAnswer } from '../../../app/protocol/http.ts';
import type { Guest, Stage } from '../stage.ts';
import { type Reply, said } from './http.ts';

export const PASSWORD = 'correct horse battery';

/** A call of who somebody is: `POST /api/session/<path>`. */
export function post(
  stage: Stage,
  path: string,
  body: unknown,
  token?: string,
  headers?: Record<string, string>,
): Promise<Reply> {
  return stage.http('POST', `/api/session/${path}`, { body, token, ...(headers ? { headers } : {}) });
}

/** Somebody with an account who has a conversation. */
export async function registered(stage: Stage) {
  const guest = await stage.guest();
  const room = await stage.room(guest);
  const email = `${randomUUID()}@attacks.test`;
  const reply = await post(stage, 'upgrade', { method: 'password', email, password: PASSWORD }, guest.token);
  const answer = JSON.parse(reply.text) as UpgradeAnswer;
  if (answer.status !== 'done') throw new Error(`no account: ${reply.text}`);
  return { id: guest.id, email, room, token: keep(stage, answer.session) };
}

/** Notes the credentials of a session; returns its access token. */
export function keep(stage: Stage, session: Session): string {
  stage.secrets.add(session.accessToken);
  if (session.refreshToken) stage.secrets.add(session.refreshToken);
  return session.accessToken;
}

/** A guest with a conversation, and the refresh token that stands for them. */
export async function chatting(stage: Stage) {
  const session = JSON.parse((await stage.http('POST', '/api/session', { body: {} })).text) as Session;
  const guest: Guest = { id: session.user.id, token: keep(stage, session) };
  return { ...guest, refreshToken: session.refreshToken ?? '', room: await stage.room(guest) };
}

/** The ids of somebody's own conversations. */
export const conversationsOf = async (stage: Stage, token: string): Promise<string[]> =>
  (
    JSON.parse((await stage.http('GET', '/api/conversations', { token })).text).conversations as {
      id: string;
    }[]
  ).map(({ id }) => id);

/** How many came along, or what was said instead. */
export function came(reply: Reply): string {
  if (reply.status !== 200) return said(reply);
  return `brought ${(JSON.parse(reply.text) as { brought: number }).brought}`;
}
