import type { ParticipantRole } from '../../app/protocol/model.ts';

/** What the product reads of a verified access token of Supabase Auth. */
export interface Claims {
  sub: string;
  role: string;
  isAnonymous: boolean;
  email?: string;
  /** The person's own words: shown, never believed. */
  fullName?: string;
  sessionId?: string;
  /** When the token was issued and when it ends, seconds since the epoch. */
  iat: number;
  exp: number;
}

/** Somebody the Worker has recognised. The only source of a socket's or a call's role, id and name. */
export interface Person {
  id: string;
  role: ParticipantRole;
  name: string | null;
  isAnonymous: boolean;
  avatarUrl: string | null;
  /** An agent who may also act on others' conversations. */
  isAdmin: boolean;
  /** How many conversations at once; 0 for visitors. */
  maxChats: number;
}
