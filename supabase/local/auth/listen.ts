import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AuthEnv } from './context.ts';

export interface Listener {
  port: number;
  /** Closes the port and every connection, answered or not. */
  close(): Promise<void>;
}

/** Serves `app` on 127.0.0.1. Throws `EADDRINUSE` when the port is taken. */
export function listen(app: Hono<AuthEnv>, port: number): Promise<Listener> {
  const server = createServer(getRequestListener((request, env) => app.fetch(request, env)));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', reject);
      server.on('error', () => {});
      resolve({ port: (server.address() as AddressInfo).port, close: () => close(server) });
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
