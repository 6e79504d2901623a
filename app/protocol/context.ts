import { z } from 'zod';

/** A text that Postgres takes: no U+0000, no half of a surrogate pair. */
export const storableText = z
  .string()
  .refine(
    (text) => !text.includes('\u0000') && text.isWellFormed(),
    'contains characters that can’t be stored',
  );

const name = storableText.trim().min(1).max(200);
const names = z.array(name).max(50);

/**
 * Where the visitor came from and what they had saved, taken once when a conversation is made and shown to
 * agents only (the seed's sections 5 and 11.3). Unknown keys are dropped: a host page can't fill the database.
 */
export const contextSchema = z.object({
  page: name.optional(),
  procedure: name.optional(),
  hospital: name.optional(),
  hospitals: names.optional(),
  city: name.optional(),
  region: storableText.trim().min(1).max(80).optional(),
  locale: storableText.trim().min(1).max(35).optional(),
  saved: z
    .object({
      plans: names.optional(),
      procedures: names.optional(),
      hospitals: names.optional(),
      cities: names.optional(),
    })
    .optional(),
});

export type ConversationContext = z.infer<typeof contextSchema>;
