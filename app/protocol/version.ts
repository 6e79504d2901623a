/** The protocol both ends speak. It rises only when an old client could no longer be understood. */
export const PROTOCOL_VERSION = 1;

/** The WebSocket subprotocol that carries the version, offered by every client. */
export const SUBPROTOCOL = `wellchina.v${PROTOCOL_VERSION}`;

/** Subprotocol prefixes that carry a credential, since a browser can set no header on an upgrade. */
export const BEARER_PREFIX = 'bearer.';
export const TICKET_PREFIX = 'ticket.';

/** Sent by clients as a plain string and answered by the runtime without waking the room. */
export const PING = 'ping';
export const PONG = 'pong';
