import type { CloseCode } from '../app/protocol/codes.ts';
import { SUBPROTOCOL } from '../app/protocol/version.ts';
import { COMMON_HEADERS } from './edge/security-headers.ts';

function upgraded(client: WebSocket, protocol: string | null): Response {
  const headers = new Headers({ ...COMMON_HEADERS, 'Cache-Control': 'no-store' });
  if (protocol !== null) headers.set('Sec-WebSocket-Protocol', protocol);
  return new Response(null, { status: 101, webSocket: client, headers });
}

/** The answer to an upgrade, and the server's end of it for the caller to accept. */
export function acceptedSocket(): { response: Response; socket: WebSocket } {
  const { 0: client, 1: socket } = new WebSocketPair();
  return { response: upgraded(client, SUBPROTOCOL), socket };
}

/**
 * Accepts an upgrade and closes it with its code at once: a browser can't read a refused upgrade.
 *
 * @param protocol one the client offered, since a browser drops an answer in any other; null when it offered none
 */
export function refusedSocket(
  code: CloseCode,
  reason: string,
  protocol: string | null = SUBPROTOCOL,
): Response {
  const { 0: client, 1: socket } = new WebSocketPair();
  socket.accept();
  socket.close(code, reason);
  return upgraded(client, protocol);
}
