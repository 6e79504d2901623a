import { problemSchema } from '../protocol/http.ts';

/** What an agent can do to a conversation. */
export type Command = 'accept' | 'close' | 'take-over';

/** What became of it; `message` is a sentence for the agent. `signed_out` means: get a session, then again. */
export type CommandResult = { ok: true } | { ok: false; signedOut: boolean; message: string };

/**
 * Asks the room for a change of state. The change itself comes back over the sockets, so there is nothing to read
 * from a success.
 *
 * @param ask `fetch`, given by tests
 */
export async function sendCommand(
  conversationId: string,
  command: Command,
  ask: typeof fetch = fetch,
): Promise<CommandResult> {
  let response: Response;
  try {
    response = await ask(`/api/conversations/${conversationId}/${command}`, {
      method: 'POST',
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    return failed('You seem to be offline. Nothing was changed; try again in a moment.');
  }
  if (response.ok) return { ok: true };
  const problem = problemSchema.safeParse(await response.json().catch(() => null));
  if (response.status === 401)
    return { ok: false, signedOut: true, message: 'Your session has ended. Sign in again.' };
  if (response.status === 409 && problem.success) return failed(conflictMessage(command, problem.data));
  if (response.status === 404) return failed('This conversation no longer exists.');
  if (response.status === 403) return failed('You’re not allowed to do that.');
  if (response.status === 503) {
    return failed('The service can’t be reached right now. Nothing was changed; try again in a moment.');
  }
  return failed(problem.success ? problem.data.detail : 'That didn’t work. Try again in a moment.');
}

function conflictMessage(
  command: Command,
  problem: { code: string; conversation?: Holder | undefined; detail: string },
) {
  if (problem.code === 'at_capacity') return 'You have as many chats as you can take. Close one first.';
  if (problem.conversation?.status === 'closed') return 'This conversation is already closed.';
  const holder = problem.conversation?.agent?.name;
  return command === 'accept' && holder ? `${holder} already has it.` : problem.detail;
}

interface Holder {
  status: string;
  agent: { name: string } | null;
}

function failed(message: string): CommandResult {
  return { ok: false, signedOut: false, message };
}
