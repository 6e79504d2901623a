import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { SUBPROTOCOL, TICKET_PREFIX } from '../../../app/protocol/version.ts';
import type { Person } from '../../../workers/auth/person.ts';
import { signTicket } from '../../../workers/auth/ticket.ts';
import type { LineSpec } from './load/messages.ts';

const HOUR_MS = 3_600_000;

export interface BenchRoom {
  id: string;
  /** A new socket of the visitor's, or of its agent's. */
  visitor: (hello?: object) => Promise<LineSpec>;
  agent: () => Promise<LineSpec>;
}

/**
 * Conversations for measuring, put into Postgres in one statement; their rooms load themselves from there with the
 * first socket, as rooms that were lost do. Sockets are opened with tickets, as those of people who come back are.
 */
export class Rooms {
  /** Every conversation made here so far. */
  readonly ids: string[] = [];
  readonly #sql: postgres.Sql;
  readonly #wsUrl: string;
  readonly #secret: string;

  constructor(sql: postgres.Sql, wsUrl: string, secret: string) {
    this.#sql = sql;
    this.#wsUrl = wsUrl;
    this.#secret = secret;
  }

  /** One room; see `make`. */
  async one(messages = 0): Promise<BenchRoom> {
    const [room] = await this.make(1, messages);
    if (!room) throw new Error('no room was made');
    return room;
  }

  /** Active conversations with an agent of their own accord, each with so many messages already said. */
  async make(count: number, messages = 0): Promise<BenchRoom[]> {
    const sql = this.#sql;
    const pairs = Array.from({ length: count }, () => ({ id: randomUUID(), visitor: randomUUID() }));
    const ids = pairs.map(({ id }) => id);
    this.ids.push(...ids);
    const visitors = pairs.map(({ visitor }) => visitor);
    const [agent] = await sql<{ id: string; name: string }[]>`
      select id, name from public.chat_agents order by name limit 1`;
    if (!agent) throw new Error('no agents are seeded');
    await sql`insert into auth.users (id, aud, role, is_anonymous, raw_user_meta_data, created_at, updated_at)
      select id, 'authenticated', 'authenticated', true, '{}', now(), now() from unnest(${visitors}::uuid[]) id`;
    await sql`insert into public.conversations (id, visitor_id, agent_id, status, head_seq)
      select id, visitor, ${agent.id}, 'active', ${messages}
      from unnest(${ids}::uuid[], ${visitors}::uuid[]) as pair (id, visitor)`;
    if (messages > 0) {
      await sql`insert into public.messages
          (id, conversation_id, seq, sender_id, sender_role, sender_name, client_id, content, created_at)
        select gen_random_uuid(), id, seq, visitor, 'visitor', 'Guest', gen_random_uuid(),
          'Message number ' || seq || ': how long do I have to stay after the treatment, and who picks me up?',
          now() - make_interval(secs => ${messages} - seq)
        from unnest(${ids}::uuid[], ${visitors}::uuid[]) as pair (id, visitor), generate_series(1, ${messages}::int) seq`;
    }
    return pairs.map(({ id, visitor }) => ({
      id,
      visitor: (hello) => this.#line(id, { ...NOBODY, id: visitor, role: 'visitor' }, hello),
      agent: () =>
        this.#line(id, { ...NOBODY, id: agent.id, role: 'agent', name: agent.name, isAnonymous: false }),
    }));
  }

  async #line(id: string, person: Person, hello: object = { t: 'hello', after: null }): Promise<LineSpec> {
    const env = { TICKET_SECRET: this.#secret } as Env;
    const ticket = await signTicket(env, id, person, Date.now() + HOUR_MS);
    return {
      url: `${this.#wsUrl}/rooms/${id}`,
      protocols: [SUBPROTOCOL, TICKET_PREFIX + ticket],
      dialect: 'room',
      hello: JSON.stringify(hello),
    };
  }
}

const NOBODY = { name: null, isAnonymous: true, avatarUrl: null, isAdmin: false, maxChats: 0 };
