import type { CloseCode } from '../app/protocol/codes.ts';
import { SUBPROTOCOL } from '../app/protocol/version.ts';

function upgraded(client: WebSocket): Response {
  return new Response(null, {
    status: 101,
    webSocket: client,
    headers: { 'sec-websocket-protocol': SUBPROTOCOL },
  });
}

/** The answer to an upgrade, and the server's end of it for the caller to accept. */
export function acceptedSocket(): { response: Response; socket: WebSocket } {
  const { 0: client, 1: socket } = new WebSocketPair();
  return { response: upgraded(client), socket };
}

/** Accepts an upgrade and closes it with its code at once: a browser can't read a refused upgrade. */
export function refusedSocket(code: CloseCode, reason: string): Response {
  const { response, socket } = acceptedSocket();
  socket.accept();
  socket.close(code, reason);
  return response;
}
