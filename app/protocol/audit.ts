import { z } from 'zod';

/** Everything that is written down of who did what. Closed: what is not named here is not recorded. */
export const AUDIT_ACTIONS = [
  // With a conversation; noted by its room.
  'opened',
  'accepted',
  'taken_over',
  'transferred',
  'returned',
  'closed',
  'reopened',
  // With the team; noted in the transaction that did it.
  'invited',
  'invitation_withdrawn',
  'joined',
  'deactivated',
  'reactivated',
  'renamed',
  'role_changed',
  'capacity_changed',
  // A guest's conversation came along into an account; an entry each, noted in the transaction that moved it.
  'claimed',
  // With the websites that may carry the chat; noted in the transaction that did it.
  'site_added',
  'site_removed',
  // At the desk's door.
  'signed_in',
  'sign_in_failed',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** `system`: nobody; for instance a change made in the database itself. */
export const AUDIT_ROLES = ['visitor', 'agent', 'admin', 'system'] as const;

/** Who did something, as they were called then, and from which network. */
export const auditActorSchema = z.object({
  id: z.uuid().nullable(),
  role: z.enum(AUDIT_ROLES),
  name: z.string().nullable(),
  /** A shortened address (/24 or /48), null where none is known. */
  from: z.string().nullable(),
});

/** One thing that somebody did. Never what was said: no field here could carry it. */
export const auditEntrySchema = z.object({
  id: z.uuid(),
  /** ISO 8601, by the clock of whoever noted it. */
  at: z.iso.datetime({ offset: true }),
  action: z.enum(AUDIT_ACTIONS),
  actor: auditActorSchema,
  conversationId: z.uuid().nullable(),
  /** The agent it concerns: who was handed the conversation, invited, deactivated … */
  agent: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** What a role, a capacity or a name was, and became; with `claimed`, the ids of the guest and of the account. */
  change: z.object({ from: z.string(), to: z.string() }).nullable(),
  /** The origin of the website it concerns. */
  site: z.string().nullable().optional(),
});

export type AuditActor = z.infer<typeof auditActorSchema>;
export type AuditEntry = z.infer<typeof auditEntrySchema>;
