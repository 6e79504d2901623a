import { z } from 'zod';
import { ERROR_CODES } from './codes.ts';
import {
  agentSchema,
  contentKinds,
  conversationSchema,
  conversationSummarySchema,
  messageSchema,
  participantSchema,
} from './model.ts';

const seq = z.int().nonnegative();

// ── Client → room ────────────────────────────────────────────────────────────────────────────────

export const helloFrame = z.object({
  t: z.literal('hello'),
  /** The newest seq the client holds without a gap; null when it holds nothing. */
  after: seq.nullable(),
  epoch: z.int().positive().optional(),
});

export const sendFrame = z.object({
  t: z.literal('send'),
  /** The client's id: dedupes resends for ever. */
  id: z.uuid(),
  kind: z.enum(contentKinds),
  text: z.string().optional(),
  attachmentId: z.uuid().optional(),
});

export const clientFrameSchema = z.discriminatedUnion('t', [
  helloFrame,
  sendFrame,
  z.object({ t: z.literal('typing'), on: z.boolean() }),
  z.object({ t: z.literal('read'), seq }),
  z.object({ t: z.literal('history'), before: z.int().positive(), limit: z.int().positive().optional() }),
]);

// ── Room → client ────────────────────────────────────────────────────────────────────────────────

export const errorFrame = z.object({
  t: z.literal('error'),
  code: z.enum(ERROR_CODES),
  /** A sentence for a person; never anything of the inside. */
  message: z.string(),
  /** The `id` of the refused send, where there is one. */
  ref: z.string().optional(),
  retryAfterMs: z.int().positive().optional(),
});

export const welcomeFrame = z.object({
  t: z.literal('welcome'),
  v: z.int().positive(),
  you: participantSchema,
  conversation: conversationSchema,
  epoch: z.int().positive(),
  head: seq,
  messages: z.array(messageSchema),
  /** More was missed than `messages` carries: older ones come by `history`. */
  gap: z.boolean(),
  /** What the client held is of another history: forget it. */
  reset: z.boolean(),
  /** Opens the next socket of this person in this room without asking Auth. */
  ticket: z.string(),
  /** The room's clock when it answered, so that a client with a wrong clock can place `at` and `until`. */
  now: z.iso.datetime(),
});

export const roomFrameSchema = z.discriminatedUnion('t', [
  welcomeFrame,
  z.object({ t: z.literal('ack'), id: z.string(), seq: z.int().positive(), at: z.iso.datetime() }),
  z.object({ t: z.literal('message'), message: messageSchema }),
  z.object({ t: z.literal('typing'), who: participantSchema, until: z.iso.datetime() }),
  z.object({ t: z.literal('read'), role: z.enum(['visitor', 'agent']), seq }),
  z.object({
    t: z.literal('history'),
    before: z.int().positive(),
    messages: z.array(messageSchema),
    more: z.boolean(),
  }),
  z.object({ t: z.literal('conversation'), conversation: conversationSchema }),
  z.object({ t: z.literal('presence'), visitor: z.boolean(), agents: z.array(participantSchema) }),
  errorFrame,
]);

// ── Lobby → agent ────────────────────────────────────────────────────────────────────────────────

export const lobbyFrameSchema = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('queue'),
    conversations: z.array(conversationSummarySchema),
    agents: z.array(agentSchema),
  }),
  z.object({ t: z.literal('conversation'), conversation: conversationSummarySchema }),
  z.object({ t: z.literal('removed'), id: z.uuid() }),
  z.object({ t: z.literal('agents'), agents: z.array(agentSchema) }),
  errorFrame,
]);

export type ClientFrame = z.infer<typeof clientFrameSchema>;
export type SendFrame = z.infer<typeof sendFrame>;
export type HelloFrame = z.infer<typeof helloFrame>;
export type RoomFrame = z.infer<typeof roomFrameSchema>;
export type WelcomeFrame = z.infer<typeof welcomeFrame>;
export type ErrorFrame = z.infer<typeof errorFrame>;
export type LobbyFrame = z.infer<typeof lobbyFrameSchema>;
