import { api, personal, readBody, requireAgentCaller, requireCaller } from '../services/api.server.ts';
import {
  type Action,
  act,
  actions,
  requireVisible,
  transferSchema,
} from '../services/conversations.server.ts';
import { notFound } from '../services/problem.server.ts';

/** `POST` accept, take-over, transfer, close or reopen: what an agent's buttons do; close is the visitor's too. */
export const action = api({
  async POST(call) {
    const asked = actions.find((known): known is Action => known === call.params.action);
    if (!asked) return notFound();
    const caller = asked === 'close' ? await requireCaller(call) : await requireAgentCaller(call);
    const id = await requireVisible(call.env, caller, call.params.id);
    const to = asked === 'transfer' ? (await readBody(call.request, transferSchema)).agentId : undefined;
    return personal({ conversation: await act(call, caller, id, asked, to) });
  },
});

export const loader = action;
