import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import type { Browser } from 'playwright-core';
import type { CreatedConversation, MessagePage, Session } from '../../app/protocol/http.ts';
import type { Message } from '../../app/protocol/model.ts';
import { type Connection, connect } from '../../workers/testing/postgres.ts';
import type { TestBackend } from '../support/backend.ts';
import { launchBrowser } from '../support/browser.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { type Call, http, type Reply } from './tools/http.ts';
import { AttackSocket, type Dial } from './tools/socket.ts';
import { Forge } from './tools/tokens.ts';

export interface Guest {
  id: string;
  token: string;
}

export interface Room {
  id: string;
  visitor: Guest;
  /** The client id of its first message, whose seq is 1; 2 is the system's "in the queue". */
  firstId: string;
}

/** Stands in every text that is sent: it must never be seen in a log. */
export const CANARY = 'canary-of-the-mine';

/** What everything runs on: a Worker of its own, the run's Postgres and Auth, and people to be. */
export class Stage {
  readonly worker: TestWorker;
  readonly backend: TestBackend;
  readonly sql: Connection;
  readonly forge: Forge;
  /** Every credential that was handed out. */
  readonly secrets = new Set<string>();
  readonly #sockets: AttackSocket[] = [];
  #browser: Promise<Browser> | null = null;

  private constructor(worker: TestWorker, backend: TestBackend, forge: Forge) {
    this.worker = worker;
    this.backend = backend;
    this.forge = forge;
    this.sql = connect(backend.databaseUrl);
  }

  static async open(backend: TestBackend, vars: Record<string, string> = {}): Promise<Stage> {
    const [worker, forge] = await Promise.all([startWorker({ ...backend, vars }), Forge.open(backend)]);
    return new Stage(worker, backend, forge);
  }

  async close(): Promise<void> {
    this.hangUp();
    await (await this.#browser)?.close();
    await this.worker.stop();
    await this.sql.end();
  }

  /** Closes every socket that is still open. */
  hangUp(): void {
    for (const socket of this.#sockets.splice(0)) socket.close();
  }

  /** @throws Error with what the Worker said last, when no answer came */
  async http(method: string, path: string, call: Call = {}): Promise<Reply> {
    const { pid } = this.worker;
    try {
      return await http(this.worker.url, method, path, call);
    } catch (error) {
      const whose = this.worker.pid === pid ? 'the same workerd' : 'another workerd';
      throw new Error(`${error}; ${whose}, which said last: ${this.worker.output().slice(-500)}`, {
        cause: error,
      });
    }
  }

  dial(path: string, dial: Dial = {}): AttackSocket {
    const socket = new AttackSocket(this.worker.wsUrl, path, dial);
    this.#sockets.push(socket);
    return socket;
  }

  /** A socket in a room that has been welcomed. */
  async enter(roomId: string, token: string): Promise<AttackSocket> {
    const socket = this.dial(`/rooms/${roomId}`, { bearer: token });
    const how = await socket.hello();
    if (how !== 'open') throw new Error(`not let in: ${how}`);
    return socket;
  }

  async guest(): Promise<Guest> {
    const reply = await this.http('POST', '/api/session', { body: {} });
    if (reply.status !== 200) throw new Error(`no guest: ${reply.status} ${reply.text}`);
    const { accessToken, user } = JSON.parse(reply.text) as Session;
    this.secrets.add(accessToken);
    return { id: user.id, token: accessToken };
  }

  async room(by?: Guest): Promise<Room> {
    const visitor = by ?? (await this.guest());
    const firstId = randomUUID();
    const body = { firstMessage: { id: firstId, text: `${CANARY} says hello` } };
    const reply = await this.http('POST', '/api/conversations', { token: visitor.token, body });
    if (reply.status !== 201) throw new Error(`no conversation: ${reply.status} ${reply.text}`);
    const { conversation } = JSON.parse(reply.text) as CreatedConversation;
    return { id: conversation.id, visitor, firstId };
  }

  /** A room with its visitor's socket in it, welcomed. */
  async roomWithSocket(): Promise<{ room: Room; socket: AttackSocket }> {
    const room = await this.room();
    return { room, socket: await this.enter(room.id, room.visitor.token) };
  }

  /** An account with a password, signed in; with `agent`, one with a row among the agents. */
  async account(
    options: {
      agent?: { active?: boolean; role?: 'agent' | 'admin'; maxChats?: number };
      appMetadata?: object;
      userMetadata?: object;
    } = {},
  ) {
    const email = `${randomUUID()}@attacks.test`;
    const password = randomUUID();
    const { data, error } = await this.admin().createUser({
      email,
      password,
      email_confirm: true,
      ...(options.appMetadata ? { app_metadata: options.appMetadata } : {}),
      ...(options.userMetadata ? { user_metadata: options.userMetadata } : {}),
    });
    if (error) throw error;
    const { id } = data.user;
    if (options.agent) {
      const { active = true, role = 'agent', maxChats = 50 } = options.agent;
      await this.sql`insert into public.chat_agents (id, name, role, active, max_chats)
        values (${id}, ${`Agent ${id.slice(0, 8)}`}, ${role}, ${active}, ${maxChats})`;
    }
    const signedIn = await createClient(this.backend.supabaseUrl, this.backend.anonKey, {
      auth: { persistSession: false, autoRefreshToken: false },
    }).auth.signInWithPassword({ email, password });
    if (!signedIn.data.session) throw new Error('could not sign in');
    const token = signedIn.data.session.access_token;
    this.secrets.add(token);
    return { id, token, email, password };
  }

  /** Auth's administration, as the project's owner has it. */
  admin() {
    return createClient(this.backend.supabaseUrl, this.backend.serviceRoleKey, {
      auth: { persistSession: false, autoRefreshToken: false },
    }).auth.admin;
  }

  /** What an agent's button does. */
  async act(token: string, roomId: string, action: string, body?: object): Promise<Reply> {
    return this.http('POST', `/api/conversations/${roomId}/${action}`, { token, ...(body ? { body } : {}) });
  }

  /** All that was said in a room, as its visitor or an agent reads it. */
  async log(roomId: string, token: string): Promise<Message[]> {
    const pages: Message[][] = [];
    for (let before = ''; ; ) {
      const reply = await this.http('GET', `/api/conversations/${roomId}/messages?limit=200${before}`, {
        token,
      });
      if (reply.status !== 200) throw new Error(`no log: ${reply.status}`);
      const { messages, more } = JSON.parse(reply.text) as MessagePage;
      pages.unshift(messages);
      if (!more) return pages.flat();
      before = `&before=${messages[0]?.seq}`;
    }
  }

  browser(): Promise<Browser> {
    this.#browser ??= launchBrowser();
    return this.#browser;
  }
}
