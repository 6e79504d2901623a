import { z } from 'zod';
import { PROBLEM_CODES } from './codes.ts';
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

/** Where the visitor is and what they saved: shown to agents (the seed's 5 and 11.3). */
export const contextSchema = z.object({
  subject: z.string().trim().min(1).max(200).optional(),
  page: z.string().max(200).optional(),
  procedure: z.string().max(200).optional(),
  hospital: z.string().max(200).optional(),
  hospitals: z.array(z.string().max(200)).max(20).optional(),
  city: z.string().max(200).optional(),
  region: z.string().max(80).optional(),
  locale: z.string().max(35).optional(),
  saved: z
    .object({
      plans: z.array(z.string().max(200)).max(50).optional(),
      procedures: z.array(z.string().max(200)).max(50).optional(),
      hospitals: z.array(z.string().max(200)).max(50).optional(),
      cities: z.array(z.string().max(200)).max(50).optional(),
    })
    .optional(),
});

export const createConversationSchema = z.object({
  context: contextSchema.optional(),
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
export type ConversationContext = z.infer<typeof contextSchema>;
export type CreateConversation = z.infer<typeof createConversationSchema>;
export type CreatedConversation = z.infer<typeof createdConversationSchema>;
export type ConversationList = z.infer<typeof conversationListSchema>;
export type MessagePage = z.infer<typeof messagePageSchema>;
export type Ack = z.infer<typeof ackSchema>;
