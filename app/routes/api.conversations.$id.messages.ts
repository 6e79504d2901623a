import { networkOf } from '../../workers/auth/network.ts';
import { roomOf } from '../../workers/objects.ts';
import { actorOf } from '../../workers/rooms/audit-trail.ts';
import { api, personal, readQuery, requireCaller } from '../services/api.server.ts';
import { historyQuerySchema, requireVisible } from '../services/conversations.server.ts';
import { notFound, unavailable } from '../services/problem.server.ts';

/** `GET` a page of messages, oldest first: from the room, so that what was acked a moment ago is there. */
export const loader = api({
  async GET(call) {
    const caller = await requireCaller(call);
    const { before, limit } = readQuery(call.request, historyQuerySchema);
    const id = await requireVisible(call.env, caller, call.params.id);
    const reader = actorOf(caller.person, networkOf(call.request));
    const page = await roomOf(call.env, id).history(id, before ?? null, limit, reader);
    if (!page.ok) return page.code === 'not_found' ? notFound() : unavailable();
    return personal({ messages: page.messages, more: page.more });
  },
});

export const action = loader;
