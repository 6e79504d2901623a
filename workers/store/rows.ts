import { z } from 'zod';
import { contextSchema } from '../../app/protocol/context.ts';
import { conversationStatuses, senderRoles, systemEventSchema } from '../../app/protocol/model.ts';

/** A time as `to_jsonb` writes it (with an offset), as milliseconds since the epoch. */
const instant = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (Number.isNaN(at)) context.addIssue({ code: 'custom', message: 'not a time' });
  return at;
});

/** A row of `conversations` as the functions in `private` return it. */
export const conversationRowSchema = z.object({
  id: z.string(),
  visitor_id: z.string(),
  status: z.enum(conversationStatuses),
  subject: z.string().nullable(),
  category: z.string().nullable(),
  // Written by an older version, perhaps: what no longer fits is not shown, but never keeps a room shut.
  metadata: contextSchema.catch({}),
  head_seq: z.number(),
  rev: z.number(),
  epoch: z.number(),
  visitor_read_seq: z.number(),
  agent_read_seq: z.number(),
  first_response_at: instant.nullable(),
  created_at: instant,
  closed_at: instant.nullable(),
});

export const claimedRowSchema = conversationRowSchema.extend({
  visitor: z.object({ name: z.string().nullable(), isAnonymous: z.boolean() }),
  agent: z.object({ id: z.string(), name: z.string(), avatarUrl: z.string().nullable() }).nullable(),
  formerVisitors: z.array(z.string()).default([]),
});

/** A row of `messages` as Drizzle and `room_messages` return it through JSON. */
export const messageRowSchema = z.object({
  id: z.string(),
  seq: z.number(),
  sender_id: z.string(),
  sender_role: z.enum(senderRoles),
  sender_name: z.string(),
  client_id: z.string(),
  message_type: z.enum(['text', 'image', 'file', 'system']),
  content: z.string().nullable(),
  event: systemEventSchema.nullable(),
  created_at: instant,
});

export type ConversationRow = z.infer<typeof conversationRowSchema>;
export type ClaimedRow = z.infer<typeof claimedRowSchema>;
export type MessageRow = z.infer<typeof messageRowSchema>;
