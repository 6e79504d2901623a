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
  /** With `captcha_required`: the key to ask Turnstile with. */
  siteKey: z.string().optional(),
  /** On a 429: which of the limits, as they are called in `limits.ts`. */
  limit: z.string().optional(),
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

// ── Who the visitor is ───────────────────────────────────────────────────────────────────────────

const emailAddress = z.string().trim().max(320).pipe(z.email());
/** Auth has the last word on what makes a password; bcrypt reads 72 bytes of it. */
const password = z.string().min(1).max(1_000);
/** What came back to `/auth/popup`, and the sealed verifier where the browser keeps no cookie. */
const googleReturn = {
  method: z.literal('google'),
  /** Absent in the first call, which answers `continue`. */
  code: z.string().min(1).max(1_000).optional(),
  state: z.string().min(1).max(4_000).optional(),
};

/** `POST /api/session/upgrade`, with the guest's bearer. */
export const upgradeRequestSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('password'), email: emailAddress, password }),
  z.object(googleReturn),
]);

/** The panel opens `url` in a popup; it ends at `/auth/popup`, which posts an `authMessageSchema` to its opener. */
const continueAnswer = z.object({
  status: z.literal('continue'),
  url: z.url(),
  /** Only where the browser keeps no cookie: hand it back with the code. */
  state: z.string().optional(),
});

export const upgradeAnswerSchema = z.discriminatedUnion('status', [
  /** The chat goes on as the guest until the mail's link is followed. */
  z.object({ status: z.literal('confirmation_sent'), email: z.string() }),
  z.object({ status: z.literal('done'), session: sessionSchema }),
  continueAnswer,
]);

/** `POST /api/session/sign-in`; `bring`: the guest's conversations come along, if its session is live. */
export const signInRequestSchema = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('password').default('password'),
    email: emailAddress,
    password,
    bring: z.boolean().default(false),
  }),
  z.object({ ...googleReturn, bring: z.boolean().default(false) }),
]);

export const signInAnswerSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('done'),
    session: sessionSchema,
    /** How many conversations came along. */
    brought: z.int().nonnegative(),
  }),
  continueAnswer,
]);

/** `POST /api/session/claim`, with the access token of the host's own session as the bearer. */
export const claimRequestSchema = z.object({
  /** The guest's, from the frame's own storage where the browser keeps no cookie. */
  guestRefreshToken: z.string().min(1).max(1_000).optional(),
  /** In place of the bearer. */
  accountToken: z.string().min(1).max(8_000).optional(),
});
export const claimAnswerSchema = z.object({ brought: z.int().nonnegative() });

/** What `/auth/popup` posts to its opener, with its own origin as the target, before it closes. */
export const authMessageSchema = z.union([
  z.object({ type: z.literal('wellchina:auth'), code: z.string() }),
  z.object({
    type: z.literal('wellchina:auth'),
    error: z.enum(['identity_taken', 'link_cancelled', 'unavailable']),
  }),
]);

// ── Conversations ────────────────────────────────────────────────────────────────────────────────

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
export type UpgradeRequest = z.infer<typeof upgradeRequestSchema>;
export type UpgradeAnswer = z.infer<typeof upgradeAnswerSchema>;
export type SignInRequest = z.input<typeof signInRequestSchema>;
export type SignInAnswer = z.infer<typeof signInAnswerSchema>;
export type ClaimRequest = z.infer<typeof claimRequestSchema>;
export type ClaimAnswer = z.infer<typeof claimAnswerSchema>;
export type AuthMessage = z.infer<typeof authMessageSchema>;
export type CreateConversation = z.infer<typeof createConversationSchema>;
export type CreatedConversation = z.infer<typeof createdConversationSchema>;
export type ConversationList = z.infer<typeof conversationListSchema>;
export type MessagePage = z.infer<typeof messagePageSchema>;
export type Ack = z.infer<typeof ackSchema>;
