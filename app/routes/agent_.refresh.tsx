import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { refreshAgent } from '../services/agent-session.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';

/** A new session for a desk whose socket was told to sign in again: 204, 401 (a definite no) or 503. */
export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  return refreshAgent(request, context.cloudflare.env);
}

export function loader() {
  return new Response(null, { status: 405, headers: { Allow: 'POST' } });
}
