import { z } from 'zod';
import { CLOSE } from '../app/protocol/codes.ts';
import { BEARER_PREFIX, SUBPROTOCOL, TICKET_PREFIX } from '../app/protocol/version.ts';
import { bearerOf, identify } from './auth/identify.ts';
import { networkOf } from './auth/network.ts';
import { isAllowedOrigin } from './auth/origin.ts';
import { readTicket, signTicket } from './auth/ticket.ts';
import { countAddress } from './edge/limits.ts';
import { settingsOf } from './env.ts';
import { lobbyOf, roomOf } from './objects.ts';
import { type Upgrade, withUpgrade } from './rooms/upgrade-header.ts';
import { refusedSocket } from './socket-response.ts';

const HOUR_MS = 3_600_000;
/** What a lobby socket's ticket would be for; none is ever signed for it. */
const LOBBY = '';

interface Offer {
  supportsVersion: boolean;
  /** What it offers that is no credential: the version it speaks, if any. */
  version: string | null;
  bearer: string | null;
  ticket: string | null;
}

/** What the client offers as subprotocols: the version, and perhaps a credential. */
export function readOffer(header: string | null): Offer {
  const protocols = (header ?? '').split(',').map((protocol) => protocol.trim());
  const after = (prefix: string) =>
    protocols.find((protocol) => protocol.startsWith(prefix))?.slice(prefix.length) || null;
  return {
    supportsVersion: protocols.includes(SUBPROTOCOL),
    version: protocols.find((protocol) => protocol !== '' && !isCredential(protocol)) ?? null,
    bearer: after(BEARER_PREFIX),
    ticket: after(TICKET_PREFIX),
  };
}

function isCredential(protocol: string): boolean {
  return protocol.startsWith(BEARER_PREFIX) || protocol.startsWith(TICKET_PREFIX);
}

/** Which socket a path asks for, or null when none. */
export function socketTarget(pathname: string): { kind: 'room'; id: string } | { kind: 'lobby' } | null {
  if (pathname === '/lobby') return { kind: 'lobby' };
  const id = /^\/rooms\/([^/]+)$/u.exec(pathname)?.[1];
  return id === undefined ? null : { kind: 'room', id };
}

/**
 * Authorises a WebSocket and hands it to its room or the lobby. Decides before any Durable Object wakes. A refusal
 * is accepted and closed with its code, since a browser can't read a refused upgrade; only a wrong origin gets a
 * plain 403, because it isn't one of our clients that asks.
 */
export async function upgrade(
  request: Request,
  env: Env,
  target: { kind: 'room'; id: string } | { kind: 'lobby' },
): Promise<Response> {
  const offer = readOffer(request.headers.get('Sec-WebSocket-Protocol'));
  const bearer = offer.bearer ?? bearerOf(request);
  if (!mayAsk(request, env, bearer !== null || offer.ticket !== null))
    return new Response('Forbidden', { status: 403 });
  if (!offer.supportsVersion) {
    return refusedSocket(CLOSE.unsupportedVersion, 'unsupported version', offer.version);
  }
  const reached = await countAddress(env, 'upgradesPerMinute', request);
  if (reached) return refusedSocket(CLOSE.tooFast, 'too many connections');
  return target.kind === 'lobby'
    ? openLobby(request, env, bearer)
    : openRoom(request, env, target.id, bearer, offer.ticket);
}

/** An origin must be on the list; it may be missing only where no browser's cookie could speak for somebody. */
function mayAsk(request: Request, env: Env, hasCredential: boolean): boolean {
  const origin = request.headers.get('Origin');
  if (origin !== null) return isAllowedOrigin(request, env, origin);
  return hasCredential && !request.headers.has('Cookie');
}

async function openLobby(request: Request, env: Env, bearer: string | null): Promise<Response> {
  const identified = await identify(request, env, bearer);
  if (!identified.ok) return refuseUnidentified(identified.reason);
  const { person, claims } = identified;
  if (person.role !== 'agent') return refusedSocket(CLOSE.forbidden, 'agents only');
  const expiresAt = socketEnd(env);
  return lobbyOf(env).fetch(
    withUpgrade(request, {
      conversationId: LOBBY,
      person,
      issuedAt: claims.iat * 1000,
      ticket: '',
      expiresAt,
    }),
  );
}

async function openRoom(
  request: Request,
  env: Env,
  id: string,
  bearer: string | null,
  ticket: string | null,
): Promise<Response> {
  if (!z.uuid().safeParse(id).success) return refusedSocket(CLOSE.notFound, 'not found');
  const conversationId = id.toLowerCase();
  const held = ticket === null ? null : await readTicket(env, conversationId, ticket);
  // Inherits its end: a chain of tickets must not outlive the day that Auth agreed to.
  if (held) return enterRoom(request, env, { conversationId, ...held });

  const identified = await identify(request, env, bearer);
  if (!identified.ok) return refuseUnidentified(identified.reason);
  const seen = await env.STORE.canSee(identified.claims, conversationId);
  if (!seen.ok) return refusedSocket(CLOSE.tryAgainLater, seen.code);
  if (!seen.visible) return refusedSocket(CLOSE.notFound, 'not found');
  const { person, claims } = identified;
  return enterRoom(request, env, {
    conversationId,
    person,
    issuedAt: claims.iat * 1000,
    expiresAt: socketEnd(env),
  });
}

async function enterRoom(
  request: Request,
  env: Env,
  entry: Omit<Upgrade, 'ticket' | 'from'>,
): Promise<Response> {
  const ticket = await signTicket(env, entry.conversationId, entry.person, entry.expiresAt);
  return roomOf(env, entry.conversationId).fetch(
    withUpgrade(request, { ...entry, ticket, from: networkOf(request) }),
  );
}

function refuseUnidentified(reason: 'anonymous' | 'invalid' | 'unavailable'): Response {
  return reason === 'unavailable'
    ? refusedSocket(CLOSE.tryAgainLater, reason)
    : refusedSocket(CLOSE.signedOut, 'signed out');
}

const socketEnd = (env: Env) => Date.now() + settingsOf(env).limits.socketHours * HOUR_MS;
