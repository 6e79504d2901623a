import type { Context } from 'hono';
import { z } from 'zod';
import { AuthError, badRequest } from './errors.ts';

/** Far more than any call needs: user metadata has no place for files. */
const MAX_BODY = 1024 * 1024;

/**
 * The request's JSON as `schema` says; keys it doesn't know are dropped, as Go does.
 * Throws `bad_json` for what is no JSON or has another shape, 413 above one MiB.
 */
export async function readBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const text = await readText(c);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest('bad_json', `Could not parse request body as JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'body';
  throw badRequest(
    'bad_json',
    `Could not parse request body as JSON: ${where}: ${issue?.message ?? 'invalid'}`,
  );
}

/** Like `readBody`, but an empty body is `{}` (DELETE of supabase-js may send none). */
export async function readOptionalBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  return (await readText(c)) === '' ? schema.parse({}) : readBody(c, schema);
}

async function readText(c: Context): Promise<string> {
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY) throw tooLarge();
  const text = await c.req.text();
  if (text.length > MAX_BODY) throw tooLarge();
  return text;
}

const tooLarge = () => new AuthError(413, 'validation_failed', 'Request body is too large');

/** Go reads `null` as "not given". */
const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);

export const text = optional(z.string()).transform((value) => value ?? '');
export const flag = optional(z.boolean()).transform((value) => value ?? false);
export const maybeText = optional(z.string());
export const maybeObject = optional(z.record(z.string(), z.json()));
