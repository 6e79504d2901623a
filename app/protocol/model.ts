import { z } from 'zod';
import { contextSchema } from './context.ts';

export const senderRoles = ['visitor', 'agent', 'system'] as const;
export const conversationStatuses = ['waiting', 'active', 'closed'] as const;
export const contentKinds = ['text', 'image', 'file'] as const;

const seq = z.int().positive();
const instant = z.iso.datetime();

/** Sender of system messages: nobody. */
export const SYSTEM_SENDER = '00000000-0000-0000-0000-000000000000';

/** What a system message says: a key both sides translate, and the names that fill it. */
export const systemEventSchema = z.object({
  key: z.enum(['queued', 'joined', 'taken_over', 'transferred', 'closed', 'reopened', 'returned']),
  params: z.record(z.string(), z.string()),
});

export const attachmentSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  contentType: z.string(),
  bytes: z.int().nonnegative(),
});

/** One row of a conversation, as both sides see it. */
export const messageSchema = z.object({
  seq,
  /** uuidv7 made by the room. */
  id: z.uuid(),
  /** The sender's own id for it; absent on nothing but rows made before clients had one. */
  clientId: z.uuid().optional(),
  senderRole: z.enum(senderRoles),
  senderId: z.uuid(),
  senderName: z.string(),
  kind: z.enum([...contentKinds, 'system']),
  text: z.string().nullable(),
  attachment: attachmentSchema.optional(),
  event: systemEventSchema.optional(),
  /** The room's clock, never the client's. ISO 8601, UTC. */
  at: instant,
});

export const readMarksSchema = z.object({ visitor: z.int().nonnegative(), agent: z.int().nonnegative() });

/** A conversation's state. `metadata` is only ever sent to agents. */
export const conversationSchema = z.object({
  id: z.uuid(),
  status: z.enum(conversationStatuses),
  subject: z.string().nullable(),
  agent: z
    .object({ id: z.uuid(), name: z.string(), avatarUrl: z.string().nullable(), online: z.boolean() })
    .nullable(),
  visitor: z.object({
    id: z.uuid(),
    name: z.string().nullable(),
    isAnonymous: z.boolean(),
    online: z.boolean(),
  }),
  tags: z.array(z.string()),
  category: z.string().nullable(),
  metadata: contextSchema.optional(),
  read: readMarksSchema,
  unread: readMarksSchema,
  rev: z.int().nonnegative(),
  createdAt: instant,
  closedAt: instant.nullable(),
});

/** A conversation in a list: its state and its newest message. */
export const conversationSummarySchema = conversationSchema.extend({
  lastMessage: messageSchema
    .pick({ seq: true, senderRole: true, kind: true, text: true, event: true, at: true })
    .nullable(),
});

/** Somebody in a room. */
export const participantSchema = z.object({
  id: z.uuid(),
  role: z.enum(['visitor', 'agent']),
  name: z.string().nullable(),
});

export const agentSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  avatarUrl: z.string().nullable(),
  role: z.enum(['agent', 'admin']),
  online: z.boolean(),
  activeChats: z.int().nonnegative(),
  maxChats: z.int().nonnegative(),
});

export type SystemEvent = z.infer<typeof systemEventSchema>;
export type Message = z.infer<typeof messageSchema>;
export type Conversation = z.infer<typeof conversationSchema>;
export type ConversationSummary = z.infer<typeof conversationSummarySchema>;
export type ConversationStatus = (typeof conversationStatuses)[number];
export type Participant = z.infer<typeof participantSchema>;
export type ParticipantRole = Participant['role'];
export type Agent = z.infer<typeof agentSchema>;
export type ReadMarks = z.infer<typeof readMarksSchema>;
export type ContentKind = (typeof contentKinds)[number];
