import { EDGE_RETRY_SECONDS, type Reached } from '../../workers/edge/limits.ts';
import type { ProblemCode } from '../protocol/codes.ts';
import type { Problem } from '../protocol/http.ts';

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Signed out',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  422: 'Not accepted',
  429: 'Too many requests',
  503: 'Unavailable',
};

/** Seconds after which it makes sense to ask again when somebody this needs is away. */
const RETRY_SECONDS = 5;

/**
 * A refusal as `application/problem+json` (RFC 9457) with a `code`: a sentence for a person, nothing of the inside.
 *
 * @param extra members of the problem beyond the usual, for instance `retryAfterMs`
 */
export function problem(
  status: number,
  code: ProblemCode,
  detail: string,
  extra: Partial<Pick<Problem, 'retryAfterMs' | 'conversation' | 'limit' | 'siteKey'>> = {},
): Response {
  const body: Problem = {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    code,
    detail,
    ...extra,
  };
  const headers = new Headers({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' });
  if (extra.retryAfterMs !== undefined)
    headers.set('Retry-After', String(Math.ceil(extra.retryAfterMs / 1000)));
  return new Response(JSON.stringify(body), { status, headers });
}

/** 429: too much of something that is counted at the edge. */
export function tooMany({ limit, detail }: Reached): Response {
  return problem(429, 'rate_limited', detail, { limit, retryAfterMs: EDGE_RETRY_SECONDS * 1000 });
}

/** 503 with `Retry-After`: nothing is wrong with the request, and nothing was kept of it. */
export function unavailable(
  detail = 'This isn’t available right now. Please try again in a moment.',
): Response {
  return problem(503, 'unavailable', detail, { retryAfterMs: RETRY_SECONDS * 1000 });
}

/** The uniform answer for what isn't there and for what the caller may not see. */
export function notFound(): Response {
  return problem(404, 'not_found', 'There is no such conversation.');
}
