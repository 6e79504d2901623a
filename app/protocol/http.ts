import { z } from 'zod';
import { PROBLEM_CODES } from './codes.ts';
import { contextSchema, storableText } from './context.ts';
import { conversationSchema, conversationSummarySchema, messageSchema } from './model.ts';

/** The body of every refusal: `application/problem+json` (RFC 9457) with a `code`. */
export const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  code: z.enum(PROBLEM_CODES),
  detail: z.string(),
  retryAfterMs: z.int().positive().optional(),
  /** On a 409: what is in the way. */
  conversation: conversationSchema.optional(),
});

export const sessionSchema = z.object({
  accessToken: z.string(),
  expiresAt: z.iso.datetime(),
  user: z.object({
    id: z.uuid(),
    isAnonymous: z.boolean(),
    email: z.string().optional(),
    name: z.string().optional(),
  }),
  /** Only where the browser kept no cookie: the frame stores it and hands it in with the next call. */
  refreshToken: z.string().optional(),
});

export const createConversationSchema = z.object({
  /** What it is about; by default the first line of the first message. */
  context: contextSchema.extend({ subject: storableText.trim().min(1).max(200).optional() }).optional(),
  firstMessage: z.object({ id: z.uuid(), text: z.string() }).optional(),
});

export const ackSchema = z.object({ id: z.string(), seq: z.int().positive(), at: z.iso.datetime() });

/** 201 for a new conversation, 200 where one was open already. */
export const createdConversationSchema = z.object({
  conversation: conversationSchema,
  ack: ackSchema.optional(),
});

export const conversationListSchema = z.object({
  conversations: z.array(conversationSummarySchema),
  /** Hand it back as `?before=` for the next page; absent on the last. */
  next: z.string().optional(),
});

export const messagePageSchema = z.object({
  messages: z.array(messageSchema),
  more: z.boolean(),
});

export type Problem = z.infer<typeof problemSchema>;
export type Session = z.infer<typeof sessionSchema>;
export type CreateConversation = z.infer<typeof createConversationSchema>;
export type CreatedConversation = z.infer<typeof createdConversationSchema>;
export type ConversationList = z.infer<typeof conversationListSchema>;
export type MessagePage = z.infer<typeof messagePageSchema>;
export type Ack = z.infer<typeof ackSchema>;
