import { type ActionFunctionArgs, redirect } from '@remix-run/cloudflare';
import { signOutAgent } from '../services/agent-session.server.ts';
import { requireSameOrigin } from '../services/same-origin.server.ts';

export async function action({ request, context }: ActionFunctionArgs) {
  requireSameOrigin(request);
  const headers = await signOutAgent(request, context.cloudflare.env);
  return redirect('/agent/login', { headers });
}

/** Somebody who comes here by address has nothing to see. */
export function loader() {
  return redirect('/agent');
}
