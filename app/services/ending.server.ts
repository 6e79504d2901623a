/** How long Auth may take before sockets are closed all the same, milliseconds; with their own tries inside the promised 5 s. */
const AUTH_FIRST_MS = 1_000;

/**
 * Ends a session at Auth and closes its sockets, in that order: whoever is shown the door while the session still lives
 * comes straight back with a token that is newer than the sign-out. Where Auth takes its time the sockets don't wait for
 * it, and are closed once more when it is done.
 *
 * @param ended Auth's answer, whatever it is
 * @param closeSockets never rejects
 */
export async function endInOrder(
  ended: Promise<unknown>,
  closeSockets: () => Promise<unknown>,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<true>((resolve) => {
    timer = setTimeout(() => resolve(true), AUTH_FIRST_MS);
  });
  const isLate = await Promise.race([ended.then(() => false), late]);
  clearTimeout(timer);
  await closeSockets();
  if (!isLate) return;
  await ended;
  await closeSockets();
}
