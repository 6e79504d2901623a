import { lobbyOf } from '../objects.ts';
import { isLocal } from './site-origin.ts';

/**
 * Who may put the widget into a frame: the sites that the admins list, read at most once a minute by each isolate.
 * An outage must not take the chat off people's sites: what was known last goes on to hold, from this isolate's memory
 * or, for one that has just started, from the lobby's storage.
 *
 * This list has nothing to do with ALLOWED_ORIGINS: the frame's calls and sockets come from our own origin, whatever
 * page it is in, so a site that is listed here may show the chat and still can't speak in anybody's name.
 */

/** How long a list holds without another look, milliseconds. */
const FRESH_MS = 60_000;
/** How soon a list that could not be read is asked for again. */
const RETRY_MS = 5_000;
/** How long a person waits for the list. */
const PATIENCE_MS = 2_000;

interface Known {
  origins: readonly string[];
  /** Milliseconds since the epoch of the next look. */
  lookAgainAt: number;
  /** What the lobby has been told, so that it is told again only when it differs. */
  kept: string | null;
}

const known = new WeakMap<Env, Known>();

/**
 * Sources for `frame-ancestors` besides our own origin.
 *
 * @param url of the widget's document; one on this very machine lets every page on it be a host, for development
 */
export async function frameAncestors(env: Env, ctx: Waiting, url: URL): Promise<readonly string[]> {
  const origins = await widgetOrigins(env, ctx);
  return isLocal(url.hostname) ? [...origins, 'http://localhost:*', 'http://127.0.0.1:*'] : origins;
}

/** The next look is due: an admin has changed the list. Other isolates follow within a minute. */
export function forgetWidgetOrigins(env: Env): void {
  const held = known.get(env);
  if (held) held.lookAgainAt = 0;
}

type Waiting = Pick<ExecutionContext, 'waitUntil'>;

/** The listed origins as far as they can be known now; none where they never were. */
export async function widgetOrigins(env: Env, ctx: Waiting): Promise<readonly string[]> {
  const held = known.get(env);
  if (held && Date.now() < held.lookAgainAt) return held.origins;

  const read = await inTime(
    env.STORE.widgetOrigins().then((answer) => (answer.ok ? [...answer.origins] : null)),
  );
  if (read) {
    const kept = JSON.stringify(read);
    known.set(env, { origins: read, lookAgainAt: Date.now() + FRESH_MS, kept });
    if (held?.kept !== kept) {
      const keeping = lobbyOf(env).keepWidgetOrigins(read);
      ctx.waitUntil(keeping.catch(() => {}));
    }
    return read;
  }
  const origins = held?.origins ?? (await inTime(lobbyOf(env).keptWidgetOrigins())) ?? [];
  known.set(env, { origins, lookAgainAt: Date.now() + RETRY_MS, kept: held?.kept ?? null });
  return origins;
}

/** The value, or null when it didn't come in time or at all. */
async function inTime<Value>(work: Promise<Value>): Promise<Value | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  return Promise.race([work.catch(() => null), late]).finally(() => clearTimeout(timer));
}
