// The Worker without Remix, for tests inside workerd: sockets, objects and the Store, nothing that needs a build.
import { health } from './health.ts';
import { ConversationRoom as Room } from './rooms/conversation-room.ts';
import { socketTarget, upgrade } from './upgrade.ts';

export { IngestLane } from './rooms/ingest-lane.ts';
export { Lobby } from './rooms/lobby.ts';
export { Store } from './store/store.ts';

/** The room, whose marks tests may want to see before they are stored with something else. */
export class ConversationRoom extends Room {
  storeMarks(): void {
    this.storage.storeMarks();
  }
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const target = socketTarget(pathname);
    if (target) return upgrade(request, env, target);
    return pathname === '/healthz' ? health(env) : new Response(null, { status: 404 });
  },
} satisfies ExportedHandler<Env>;
