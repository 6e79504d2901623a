import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Identified } from '../../workers/auth/identify.ts';
import { networkOf } from '../../workers/auth/network.ts';
import { settingsOf } from '../../workers/env.ts';
import { lobbyOf, roomOf } from '../../workers/objects.ts';
import { actorOf } from '../../workers/rooms/audit-trail.ts';
import type { AssignResult } from '../../workers/rooms/lobby.ts';
import type { RoomResult } from '../../workers/rooms/room-changes.ts';
import { isCursor, listScopes } from '../../workers/store/conversations.ts';
import type { CreateConversation, CreatedConversation } from '../protocol/http.ts';
import type { Conversation } from '../protocol/model.ts';
import { textProblem } from '../protocol/text.ts';
import type { ApiRequest } from './api.server.ts';
import { notFound, problem, unavailable } from './problem.server.ts';

type Caller = Extract<Identified, { ok: true }>;

export const listQuerySchema = z.object({
  status: z.enum(listScopes).default('all'),
  before: z.string().refine(isCursor, 'not a page of this list').optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const historyQuerySchema = z.object({
  before: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const transferSchema = z.object({ agentId: z.uuid() });

const SUBJECT_LENGTH = 80;

/**
 * Makes the visitor's conversation with its first message, or finds the one that this is a retry of or that is
 * open already. Postgres says which, since only it sees them all; the room takes the message.
 *
 * @returns what to answer, and whether the conversation is new
 * @throws Response a problem, with nothing kept of the request
 */
export async function createConversation(
  env: Env,
  { person }: Caller,
  { context, firstMessage }: CreateConversation,
): Promise<{ body: CreatedConversation; created: boolean }> {
  if (person.role !== 'visitor') throw problem(403, 'forbidden', 'Only visitors start conversations.');
  const wrong = firstMessage && textProblem(firstMessage.text, settingsOf(env).limits.textLength);
  if (wrong) throw problem(wrong.code === 'too_large' ? 413 : 400, wrong.code, wrong.message);
  const { subject, ...metadata } = context ?? {};
  const input = {
    visitorId: person.id,
    firstClientId: firstMessage?.id.toLowerCase() ?? null,
    subject: subject ?? (firstMessage ? subjectOf(firstMessage.text) : null),
    metadata,
  };

  for (let attempt = 1; ; attempt++) {
    const made = await env.STORE.createConversation({ id: uuidv7(), ...input });
    // The account is gone: the token has outlived it.
    if (!made.ok)
      throw made.code === 'gone' ? problem(401, 'unauthorized', 'Please sign in again.') : unavailable();
    const room = roomOf(env, made.conversation.id);
    const opened = await room.open({
      row: made.conversation,
      created: made.created,
      visitor: person,
      firstMessage: firstMessage ?? null,
    });
    if (!opened.ok) throw opened.code === 'not_found' ? notFound() : unavailable();
    const { conversation, ack, refusal } = opened;
    if (!refusal) return { created: made.created, body: { conversation, ...(ack ? { ack } : {}) } };
    // Closed in its room, but Postgres hadn't heard: have it written, then Postgres will give a new one.
    if (refusal.code === 'closed' && attempt === 1 && (await room.settle(conversation.id))) continue;
    throw refusedMessage(refusal, conversation);
  }
}

/** @throws Response unless the caller may see this conversation; a uniform 404 says no more */
export async function requireVisible(env: Env, { claims }: Caller, id: string | undefined): Promise<string> {
  if (!z.uuid().safeParse(id).success || id === undefined) throw notFound();
  const seen = await env.STORE.canSee(claims, id);
  if (!seen.ok) throw unavailable();
  if (!seen.visible) throw notFound();
  return id.toLowerCase();
}

export const actions = ['accept', 'take-over', 'transfer', 'close', 'reopen'] as const;
export type Action = (typeof actions)[number];

/**
 * Does what an agent's button does; `close` is the visitor's too.
 *
 * @param request where it comes from is noted with it
 * @param toAgentId for `transfer`
 * @returns the conversation as it stands now
 * @throws Response 403, 404, 409 (saying who has it, or what is open) or 503
 */
export async function act(
  { env, request }: Pick<ApiRequest, 'env' | 'request'>,
  { person }: Caller,
  id: string,
  action: Action,
  toAgentId?: string,
): Promise<Conversation> {
  const from = networkOf(request);
  const result = await ask();
  if (result.ok) return result.conversation;
  switch (result.code) {
    case 'not_found':
      throw notFound();
    case 'unavailable':
      throw unavailable();
    case 'forbidden':
      throw problem(403, 'forbidden', 'This conversation isn’t yours.');
    case 'at_capacity':
      throw problem(409, 'at_capacity', 'All places for conversations are taken. Close one first.');
    case 'conflict':
      throw conflict(result);
    default:
      throw new Error(`unknown code ${result satisfies never}`);
  }

  function ask(): Promise<AssignResult> {
    switch (action) {
      case 'accept':
        return lobbyOf(env).assign(id, { mode: 'accept', agent: person, from });
      case 'take-over':
        return lobbyOf(env).assign(id, { mode: 'take_over', agent: person, from });
      case 'transfer':
        return lobbyOf(env).assign(id, { mode: 'transfer', by: person, toAgentId: toAgentId ?? '', from });
      case 'close':
        return roomOf(env, id).closeConversation(id, person, from);
      case 'reopen':
        return roomOf(env, id).reopen(id, actorOf(person, from));
      default:
        throw new Error(`unknown action ${action satisfies never}`);
    }
  }
}

function conflict({ conversation, openId }: Extract<RoomResult, { ok: false }>): Response {
  const extra = conversation ? { conversation } : {};
  if (openId) return problem(409, 'conflict', `The visitor has another open conversation: ${openId}.`, extra);
  if (conversation?.status === 'active' && conversation.agent) {
    return problem(409, 'conflict', `${conversation.agent.name} has this conversation.`, extra);
  }
  return problem(
    409,
    'conflict',
    `This conversation is ${conversation?.status ?? 'in another state'}.`,
    extra,
  );
}

function refusedMessage(
  refusal: { code: CreateRefusal; message: string; retryAfterMs?: number },
  conversation: Conversation,
): Response {
  const status = {
    closed: 409,
    conflict: 409,
    rate_limited: 429,
    too_large: 413,
    unavailable: 503,
    forbidden: 403,
  } as const;
  const known = refusal.code in status ? status[refusal.code as keyof typeof status] : 400;
  const extra = refusal.retryAfterMs === undefined ? {} : { retryAfterMs: refusal.retryAfterMs };
  return problem(known, refusal.code, refusal.message, known === 409 ? { ...extra, conversation } : extra);
}

type CreateRefusal = Parameters<typeof problem>[1];

/** What a conversation is about, if nobody said: the first line of its first message. */
function subjectOf(text: string): string | null {
  const line = text
    .split('\n')
    .map((part) => part.trim())
    .find((part) => part !== '');
  if (line === undefined) return null;
  const characters = [...line];
  return characters.length <= SUBJECT_LENGTH ? line : `${characters.slice(0, SUBJECT_LENGTH - 1).join('')}…`;
}
