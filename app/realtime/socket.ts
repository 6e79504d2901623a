import ReconnectingWebSocket from 'partysocket/ws';
import { CLOSE } from '../protocol/codes.ts';
import { BEARER_PREFIX, PING, PONG, SUBPROTOCOL, TICKET_PREFIX } from '../protocol/version.ts';
import { afterClose, type CredentialKind } from './close-policy.ts';
import { createHeartbeat } from './heartbeat.ts';
import { TIMING } from './timing.ts';
import type { Connection, CredentialsProvider, RealtimeEnvironment } from './types.ts';

export interface SocketOptions {
  url: string;
  credentials: CredentialsProvider;
  environment: Pick<RealtimeEnvironment, 'WebSocket' | 'network' | 'random' | 'timing'>;
  /** A socket opened: say what has to be said first. */
  onOpen(): void;
  /** Every frame but pongs, as it came. */
  onFrame(data: unknown): void;
  /** The socket that was open is closed. `tooBig`: because of what we sent last. */
  onDown(tooBig: boolean): void;
  /** What to tell the person changed. */
  onConnection(connection: Connection): void;
}

export interface Socket {
  connection(): Connection;
  /** Sends if the socket is open; false when it isn't. Nothing is ever queued here: that is the outbox's work. */
  send(frame: string): boolean;
  /** A `hello` was said again on the open socket: if no welcome comes, the socket is replaced. */
  expectWelcome(): void;
  /** The other end has answered: from now on this counts as online. */
  ready(ticket?: string): void;
  /** Attempts at once. Also brings back a socket that had stopped for good. */
  reconnect(): void;
  close(): void;
}

/** A socket that comes back by itself, with fresh credentials for every attempt. Opens at once. */
export function createSocket(options: SocketOptions): Socket {
  const { environment, credentials } = options;
  const { network, random } = environment;
  const timing = { ...TIMING, ...environment.timing };
  let socket: ReconnectingWebSocket | null = null;
  let ticket: string | null = null;
  let used: CredentialKind = 'cookie';
  let sessionRefused = false;
  let refusals = 0;
  let slow = false;
  let isReady = false;
  let failedBefore = false;
  let stopped: Connection | null = null;
  let told: Connection = 'connecting';
  let welcomeTimer: ReturnType<typeof setTimeout> | undefined;

  const heartbeat = createHeartbeat(
    () => socket?.send(PING),
    () => replace(),
    timing,
  );
  const unsubscribe = network.subscribe((signal) => {
    if (stopped) return;
    if (isReady) heartbeat.doubt();
    // While offline the attempts go on: the browser's word is a hint. But its `online` is worth an attempt at once.
    else if (signal !== 'offline' && socket?.readyState !== 0) replace();
    tell();
  });

  function current(): Connection {
    if (stopped) return stopped;
    if (isReady) return 'online';
    if (!network.online()) return 'offline';
    return failedBefore ? 'reconnecting' : 'connecting';
  }

  function tell(): void {
    const now = current();
    if (now === told) return;
    told = now;
    options.onConnection(now);
  }

  async function protocols(): Promise<string[]> {
    if (ticket) {
      used = 'ticket';
      return [SUBPROTOCOL, TICKET_PREFIX + ticket];
    }
    const answer = await credentials(sessionRefused ? 'refused' : 'connect');
    if (!answer) {
      stop('signed_out');
      return [SUBPROTOCOL];
    }
    sessionRefused = false;
    used = answer.bearer ? 'bearer' : 'cookie';
    return answer.bearer ? [SUBPROTOCOL, BEARER_PREFIX + answer.bearer] : [SUBPROTOCOL];
  }

  function open(): void {
    const opened = new ReconnectingWebSocket(options.url, protocols, {
      WebSocket: environment.WebSocket,
      connectionTimeout: timing.connect,
      maxEnqueuedMessages: 0,
      reconnectionDelayGrowFactor: 2,
      // Read before every attempt: that is where the jitter comes in.
      get minReconnectionDelay() {
        return Math.max(slow ? timing.tooFastDelay : 0, timing.firstDelay * (0.5 + random()));
      },
      get maxReconnectionDelay() {
        return timing.longestDelay * (0.5 + random() / 2);
      },
      shouldReconnectOnClose: (event) => decide(event.code),
    });
    opened.onopen = () => {
      expectWelcome();
      options.onOpen();
    };
    opened.onmessage = ({ data }) => {
      heartbeat.heard();
      if (data !== PONG) options.onFrame(data);
    };
    opened.onclose = ({ code }) => down(code === CLOSE.tooBig);
    opened.onerror = () => down(false);
    socket = opened;
  }

  function expectWelcome(): void {
    clearTimeout(welcomeTimer);
    welcomeTimer = setTimeout(replace, timing.welcome);
  }

  function decide(code: number): boolean {
    const after = afterClose(code, used, isReady, refusals);
    slow = after.next === 'later';
    if (after.next === 'without_ticket') ticket = null;
    if (after.next === 'new_session') {
      sessionRefused = true;
      refusals += 1;
    }
    if (after.next === 'stop') stopped = after.as;
    return !stopped;
  }

  function down(tooBig: boolean): void {
    clearTimeout(welcomeTimer);
    heartbeat.stop();
    const wasReady = isReady;
    isReady = false;
    failedBefore = true;
    if (wasReady || tooBig) options.onDown(tooBig);
    tell();
  }

  function drop(): void {
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
    }
    socket = null;
    down(false);
  }

  /** A new socket instead of the one there is: shorter than waiting for its next attempt, or for its close. */
  function replace(): void {
    drop();
    open();
  }

  function stop(as: Connection): void {
    stopped = as;
    drop();
  }

  open();
  return {
    connection: () => told,
    send: (frame) => {
      if (socket?.readyState !== 1) return false;
      socket.send(frame);
      return true;
    },
    expectWelcome,
    ready(given) {
      clearTimeout(welcomeTimer);
      if (given) ticket = given;
      refusals = 0;
      slow = false;
      if (isReady) return;
      isReady = true;
      heartbeat.start();
      tell();
    },
    reconnect() {
      stopped = null;
      refusals = 0;
      replace();
    },
    close() {
      unsubscribe();
      stop('idle');
    },
  };
}
