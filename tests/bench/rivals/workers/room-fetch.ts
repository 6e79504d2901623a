/** What all rivals on workerd share: the path names the object. */
export function roomFetch(request: Request, env: { ROOM: DurableObjectNamespace }): Promise<Response> {
  return env.ROOM.getByName(new URL(request.url).pathname).fetch(request);
}
