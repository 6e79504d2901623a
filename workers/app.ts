import { createRequestHandler, type ServerBuild } from '@remix-run/cloudflare';
// Made by `npm run build`; its types are the framework's.
import * as build from '../build/server/index.js';
import { catchUpRooms } from './cron/catch-up.ts';
import { health } from './health.ts';
import { errorName, log } from './log.ts';
import { socketTarget, upgrade } from './upgrade.ts';

export { ConversationRoom } from './rooms/conversation-room.ts';
export { IngestLane } from './rooms/ingest-lane.ts';
export { Lobby } from './rooms/lobby.ts';
export { Store } from './store/store.ts';

const handleWithRemix = createRequestHandler(build as unknown as ServerBuild, 'production');

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    try {
      if (pathname === '/healthz') return await health(env);
      const target = socketTarget(pathname);
      if (target) {
        if (request.headers.get('Upgrade')?.toLowerCase() === 'websocket')
          return await upgrade(request, env, target);
        return new Response('Upgrade required', { status: 426, headers: { Upgrade: 'websocket' } });
      }
      return await handleWithRemix(request, { cloudflare: { env, ctx } });
    } catch (error) {
      log({ event: 'request_failed', route: pathname.split('/')[1] ?? '', name: errorName(error) });
      return new Response('Something went wrong. Please try again.', { status: 500 });
    }
  },
  async scheduled(_controller, env) {
    await catchUpRooms(env);
  },
} satisfies ExportedHandler<Env>;
