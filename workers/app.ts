import { createRequestHandler, type ServerBuild } from '@remix-run/cloudflare';
import { tooMany } from '../app/services/problem.server.ts';
import { isSameOrigin, otherSite } from '../app/services/same-origin.server.ts';
// Made by `npm run build`; its types are the framework's.
import * as build from '../build/server/index.js';
import { catchUpRooms } from './cron/catch-up.ts';
import { countAddress, limitOfCall } from './edge/limits.ts';
import { secured } from './edge/security-headers.ts';
import { health } from './health.ts';
import { errorName, log } from './log.ts';
import { tellUntoldMoves } from './moves.ts';
import { socketTarget, upgrade } from './upgrade.ts';

export { ConversationRoom } from './rooms/conversation-room.ts';
export { IngestLane } from './rooms/ingest-lane.ts';
export { Lobby } from './rooms/lobby.ts';
export { Store } from './store/store.ts';

const handleWithRemix = createRequestHandler(build as unknown as ServerBuild, 'production');

/** A path that doesn't decode is nobody's, and Remix would print it. Rooms refuse such ids with a code of their own. */
function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return pathname.startsWith('/rooms/');
  }
}

const writes = ({ method }: Request) => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    return secured(await answer(request, env, ctx, pathname), pathname);
  },
  async scheduled(_controller, env) {
    await Promise.all([catchUpRooms(env), tellUntoldMoves(env)]);
  },
} satisfies ExportedHandler<Env>;

async function answer(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  pathname: string,
): Promise<Response> {
  try {
    if (pathname === '/healthz') return await health(env);
    if (!isDecodable(pathname)) return new Response('Not found', { status: 404 });
    const target = socketTarget(pathname);
    if (target) {
      if (request.headers.get('Upgrade')?.toLowerCase() === 'websocket')
        return await upgrade(request, env, target);
      return new Response('Upgrade required', { status: 426, headers: { Upgrade: 'websocket' } });
    }
    const limit = limitOfCall(request.method, pathname);
    const reached = limit && (await countAddress(env, limit, request));
    if (reached) return tooMany(reached);
    // Whatever is no call of the API is a form of our own pages; Remix would answer another site's with a 500.
    if (writes(request) && !pathname.startsWith('/api/') && !isSameOrigin(request)) return otherSite();
    return await handleWithRemix(request, { cloudflare: { env, ctx } });
  } catch (error) {
    log({ event: 'request_failed', route: pathname.split('/')[1] ?? '', name: errorName(error) });
    return new Response('Something went wrong. Please try again.', { status: 500 });
  }
}
