import type { AppLoadContext } from '@remix-run/cloudflare';
import type { z } from 'zod';
import { bearerOf, type Identified, identify } from '../../workers/auth/identify.ts';
import { isAllowedOrigin } from '../../workers/auth/origin.ts';
import { count } from '../../workers/edge/limits.ts';
import { readText } from './body.server.ts';
import { problem, tooMany, unavailable } from './problem.server.ts';

/** What every API route shares: who asks, from where, and what they sent. */

export interface ApiRequest {
  request: Request;
  env: Env;
  params: Readonly<Record<string, string | undefined>>;
}

type Caller = Extract<Identified, { ok: true }>;

/** Bytes of a JSON body; far above anything the API takes. */
const BODY_BYTES = 64 * 1024;

/**
 * Turns a function that may throw a problem into a Remix loader or action.
 *
 * @param methods what the route answers, by method; anything else is a 405
 */
export function api(methods: Partial<Record<string, (request: ApiRequest) => Promise<Response>>>) {
  return async ({
    request,
    context,
    params,
  }: {
    request: Request;
    context: AppLoadContext;
    params: ApiRequest['params'];
  }): Promise<Response> => {
    const method = methods[request.method];
    if (!method) {
      const response = problem(405, 'method_not_allowed', `This address doesn’t take ${request.method}.`);
      response.headers.set('Allow', Object.keys(methods).join(', '));
      return response;
    }
    try {
      return await method({ request, env: context.cloudflare.env, params });
    } catch (thrown) {
      if (thrown instanceof Response) return thrown;
      throw thrown;
    }
  };
}

/** @throws Response 401, or 503 when whoever could tell does not answer; 403 for a cookie from another site */
export async function requireCaller({ request, env }: ApiRequest): Promise<Caller> {
  const bearer = bearerOf(request);
  if (bearer === null) requireAllowedOrigin(request, env);
  const identified = await identify(request, env, bearer);
  if (identified.ok) {
    const reached = await count(env, 'callsPerMinute', identified.person.id);
    if (reached) throw tooMany(reached);
    return identified;
  }
  throw identified.reason === 'unavailable'
    ? unavailable()
    : problem(401, 'unauthorized', 'Please sign in again.');
}

/** @throws Response 403 unless the caller is an active agent; like `requireCaller` besides */
export async function requireAgentCaller(request: ApiRequest): Promise<Caller> {
  const caller = await requireCaller(request);
  if (caller.person.role !== 'agent') throw problem(403, 'forbidden', 'Only agents may do this.');
  return caller;
}

/**
 * Guards what a browser's cookie could do on its own: the origin must be on the list.
 *
 * @throws Response 403
 */
export function requireAllowedOrigin(request: Request, env: Env): void {
  const origin = request.headers.get('Origin');
  if (origin !== null ? isAllowedOrigin(request, env, origin) : isSafe(request)) return;
  throw problem(403, 'forbidden', 'This request came from another site.');
}

/** Without an Origin: a read, or something that carries no cookie and so speaks for nobody. */
function isSafe(request: Request): boolean {
  if (!request.headers.has('Cookie')) return true;
  if (request.headers.get('Sec-Fetch-Site') === 'same-origin') return true;
  return (
    (request.method === 'GET' || request.method === 'HEAD') && request.headers.get('Sec-Fetch-Site') === null
  );
}

/**
 * @param misfit the status of JSON that doesn't fit: 422 where people typed it
 * @throws Response 400, 413 or `misfit` naming what is wrong
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  misfit: 400 | 422 = 400,
): Promise<z.infer<Schema>> {
  const body = await readText(request, BODY_BYTES);
  if (!body.ok) {
    throw body.reason === 'too_large'
      ? problem(413, 'too_large', `A body may have at most ${BODY_BYTES} bytes.`)
      : problem(400, 'invalid', 'The body broke off.');
  }
  let json: unknown;
  try {
    json = body.text === '' ? {} : JSON.parse(body.text);
  } catch {
    throw problem(400, 'invalid', 'The body is not JSON.');
  }
  return checked(json, schema, 'body', misfit);
}

/** @throws Response 400 naming what is wrong */
export function readQuery<Schema extends z.ZodType>(request: Request, schema: Schema): z.infer<Schema> {
  return checked(Object.fromEntries(new URL(request.url).searchParams), schema, 'query', 400);
}

function checked<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
  where: string,
  status: number,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [where, ...(issue?.path ?? [])].map(String).join('.').slice(0, 100);
  throw problem(status, 'invalid', `${path}: ${issue?.message ?? 'not what this takes'}`);
}

/** JSON for one person: never kept by anything in between. */
export function personal(body: unknown, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  headers.set('Cache-Control', 'private, no-store');
  return Response.json(body, { ...init, headers });
}
