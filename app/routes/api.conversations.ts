import { createConversationSchema } from '../protocol/http.ts';
import { api, personal, readBody, readQuery, requireCaller } from '../services/api.server.ts';
import { createConversation, listQuerySchema } from '../services/conversations.server.ts';
import { unavailable } from '../services/problem.server.ts';

/** `GET` a page of the caller's conversations (agents: any); `POST` makes one with its first message. */
export const loader = api({
  async GET(call) {
    const { person, claims } = await requireCaller(call);
    const { status, before, limit } = readQuery(call.request, listQuerySchema);
    const query = { scope: status, limit, reader: person.role, ...(before === undefined ? {} : { before }) };
    const listed = await call.env.STORE.listConversations(claims, query);
    if (!listed.ok) return unavailable();
    const { conversations, next } = listed;
    return personal({ conversations, ...(next === undefined ? {} : { next }) });
  },
});

export const action = api({
  async POST(call) {
    const caller = await requireCaller(call);
    const input = await readBody(call.request, createConversationSchema);
    const { body, created } = await createConversation(call.env, caller, input);
    return personal(body, { status: created ? 201 : 200 });
  },
});
