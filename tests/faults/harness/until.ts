/**
 * Waits for a condition by asking again and again.
 *
 * @param what names it, for the error
 * @param within milliseconds; generous, since a busy machine is no fault
 * @throws Error when it doesn't come true, saying what was waited for and what `state` says of it
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  within = 60_000,
  state: () => unknown = () => '',
): Promise<void> {
  const deadline = performance.now() + within;
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 100)) {
    if (await condition()) return;
    if (performance.now() > deadline) throw new Error(`still waiting for ${what} ${describe(await state())}`);
    await sleep(pause);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs `work` for every item, at most `width` at a time. */
export async function eachOf<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}

function describe(state: unknown): string {
  return typeof state === 'string' ? state : JSON.stringify(state).slice(0, 2_000);
}
