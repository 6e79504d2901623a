import type { IngestPart, LogRow } from '../../workers/rooms/records.ts';
import { toBatch } from '../../workers/store/rooms.ts';
import { ingestPart, logRow } from '../../workers/testing/records.ts';
import type { Question } from './functions.ts';
import { ID, type PersonName } from './people.ts';
import { ROOM } from './tables/conversations.ts';
import { MESSAGE } from './tables/messages.ts';

/** B's message, as its room's log has it. */
const HELD = logRow(1, {
  id: MESSAGE['B says'],
  clientId: MESSAGE['B says'],
  senderId: ID['guest B'],
  text: 'words',
});

/** The same answer to several. */
function all(names: readonly PersonName[], answer: string | null): Question['answers'] {
  return Object.fromEntries(names.map((name) => [name, answer]));
}

const VISITORS = ['guest A', 'guest B', 'registered'] as const;
const NO_AGENTS: readonly PersonName[] = [
  'authenticated, nobody',
  ...VISITORS,
  'deactivated agent',
  'guest with an agent’s row',
  'deactivated admin',
];

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const ingests = (...parts: IngestPart[]) => `private.ingest(${quoted(toBatch(parts))}::json)`;
const ingestOne = (room: string, messages: LogRow[], change: Partial<IngestPart> = {}) =>
  `${ingests(ingestPart(room, messages, change))} -> 0`;

/** As the room: what comes of writing these through. */
function written(
  name: string,
  messages: LogRow[],
  answer: string,
  change: Partial<IngestPart> = {},
): Question {
  return {
    about: 'private.ingest(json)',
    name,
    ask: `select coalesce(r ->> 'code', 'head ' || (r ->> 'head')) from (select ${ingestOne(ROOM.B, messages, change)} as r) x`,
    answers: { 'the room': answer },
  };
}

const room = (about: string, name: string, ask: string, answer: string | null): Question => ({
  about,
  name,
  ask,
  answers: { 'the room': answer },
});

const create = 'private.create_conversation(uuid,uuid,uuid,text,jsonb)';
const creates = (visitor: string, firstClientId: string | null) =>
  `private.create_conversation('${visitor}', 'c0000012-0000-4000-8000-000000000000', ${firstClientId ? `'${firstClientId}'` : 'null'}, null, '{}')`;

const state = (rev: number, visitorReadSeq = 0) => ({
  rev,
  status: 'waiting' as const,
  agentId: null,
  subject: `rev ${rev}`,
  category: null,
  visitorReadSeq,
  agentReadSeq: 0,
  firstResponseAt: null,
  closedAt: null,
});

const server = (about: string, name: string, ask: string, answer: string): Question => ({
  about,
  name,
  ask,
  answers: { 'service role': answer },
});

const moves = (name: string, from: string, to: string, brought: string | null): Question => ({
  about: 'private.move_conversations(uuid,uuid)',
  name,
  ask: `select private.move_conversations('${from}', '${to}') ->> 'brought'`,
  answers: { 'service role': brought },
});

const NOTE = {
  id: 'a1000013-0000-4000-8000-000000000000',
  at: '2026-01-01T00:00:00Z',
  action: 'opened',
  actor: { id: ID.agent, role: 'agent', name: 'Agent' },
};

/** What functions answer to whom: they run with their owner's rights, so what they check is all there is. */
export const answers: readonly Question[] = [
  {
    about: 'private.is_agent()',
    name: 'whether they are an agent',
    ask: 'select private.is_agent()',
    answers: { ...all(['agent', 'admin'], 'true'), ...all([...NO_AGENTS, 'service role'], 'false') },
  },
  {
    about: 'private.is_admin()',
    name: 'whether they are an admin',
    ask: 'select private.is_admin()',
    answers: { admin: 'true', ...all([...NO_AGENTS, 'agent', 'service role'], 'false') },
  },
  {
    about: 'private.current_agent()',
    name: 'which agent they are',
    ask: 'select id from private.current_agent()',
    answers: { agent: ID.agent, admin: ID.admin, ...all(NO_AGENTS, null) },
  },
  {
    about: 'private.current_agent()',
    name: 'which role they have',
    ask: 'select role from private.current_agent()',
    answers: { agent: 'agent', admin: 'admin' },
  },
  {
    about: 'private.visitor_card(uuid)',
    name: 'the name of a visitor: agents’, and one’s own',
    ask: `select name from private.visitor_card('${ID.registered}')`,
    answers: {
      ...all(NO_AGENTS, null),
      ...all(['agent', 'admin', 'registered', 'service role'], 'registered'),
    },
  },
  // Nobody reads anybody's email, agents included.
  ...['email from auth.users', 'token from auth.refresh_tokens', 'id from auth.sessions'].map(
    (what): Question => ({
      about: 'auth',
      name: what,
      ask: `select ${what}`,
      answers: {
        ...all([...NO_AGENTS, 'agent', 'admin', 'anon', 'the room', 'service role'], 'denied'),
      },
    }),
  ),
  ...['create table public.mine ()', 'create schema mine', 'create role mallory'].map(
    (statement): Question => ({
      about: 'database',
      name: statement,
      ask: statement,
      answers: { ...all([...NO_AGENTS, 'agent', 'admin', 'anon', 'the room', 'service role'], 'denied') },
    }),
  ),

  // What rooms write: contiguous, idempotent, of the room that is alive.
  written('a message on top of what is held', [logRow(2)], 'head 2'),
  written('a gap', [logRow(3)], 'gap'),
  written('a hole among them', [logRow(2), logRow(4)], 'refused'),
  written('one twice', [logRow(2), logRow(2)], 'refused'),
  written('another message where one is held', [logRow(1)], 'differs'),
  written('what is held, once more', [HELD], 'head 1'),
  written('what is held, twice', [HELD, HELD], 'refused'),
  written('an epoch that is over', [logRow(2)], 'stale_epoch', { epoch: 0 }),
  written('of a conversation that is gone', [logRow(1)], 'gone', {
    conversationId: '99999999-0000-4000-8000-000000000000',
  }),
  written('of a role there isn’t', [logRow(2, { senderRole: 'owner' as 'agent' })], 'refused'),
  room(
    'private.ingest(json)',
    'state of a revision that is over',
    `select private.claim_room('${ROOM.B}') ->> 'subject' from ${ingests(
      ingestPart(ROOM.B, [], { state: state(3) }),
      ingestPart(ROOM.B, [], { state: state(2) }),
    )} as done where done is not null`,
    'rev 3',
  ),
  room(
    create,
    'again with the same first message',
    `select ${creates(ID['guest A'], 'f000000a-0000-4000-8000-000000000000')} -> 'conversation' ->> 'id'`,
    ROOM['A, closed'],
  ),
  room(
    'private.ingest(json)',
    'a read mark that goes back',
    `select private.claim_room('${ROOM.B}') ->> 'visitor_read_seq' from ${ingests(
      ingestPart(ROOM.B, [], { state: state(3, 5) }),
      ingestPart(ROOM.B, [], { state: state(4, 2) }),
    )} as done where done is not null`,
    '5',
  ),
  {
    about: 'private.ingest_part(uuid,bigint,json,jsonb)',
    name: 'what was closed as it moved, open again by a room that has not heard',
    ask: `select concat(r ->> 'head', ' ', private.claim_room('${ROOM.B}') ->> 'status')
      from private.move_conversations('${ID['guest B']}', '${ID.registered}') moved,
        lateral (select ${ingestOne(ROOM.B, [], { state: state(1) })} as r where moved is not null offset 0) written`,
    answers: { 'the owner': '1 closed' },
  },
  room(
    create,
    'with a first message that another’s has used',
    `select ${creates(ID['somebody new'], 'f000000a-0000-4000-8000-000000000000')} ->> 'created'`,
    'true',
  ),
  room(
    create,
    'while one is open',
    `select ${creates(ID['guest A'], null)} -> 'conversation' ->> 'id'`,
    ROOM.A,
  ),
  room(
    create,
    'for somebody who has none',
    `select ${creates(ID['somebody new'], null)} ->> 'created'`,
    'true',
  ),
  room(
    'private.claim_room(uuid)',
    'a life of its own',
    `select private.claim_room('${ROOM.A}') ->> 'epoch'`,
    '2',
  ),
  room(
    'private.room_messages(uuid,bigint,integer)',
    'its own, in order',
    `select string_agg(id::text, ' ') from private.room_messages('${ROOM.A}', 0, 10)`,
    `${MESSAGE['A says']} ${MESSAGE['A is answered']}`,
  ),
  room(
    'private.room_messages(uuid,bigint,integer)',
    'after a place',
    `select string_agg(id::text, ' ') from private.room_messages('${ROOM.A}', 1, 10)`,
    MESSAGE['A is answered'],
  ),
  room(
    'private.reopen_conversation(uuid,bigint)',
    'while another is open',
    `select private.reopen_conversation('${ROOM['A, closed']}', 1) ->> 'open'`,
    ROOM.A,
  ),
  room(
    'private.reopen_conversation(uuid,bigint)',
    'of another epoch',
    `select private.reopen_conversation('${ROOM['A, closed']}', 2)::text`,
    null,
  ),

  // What is written in the audit log stays.
  ...['update public.audit_log set at = at', 'delete from public.audit_log', 'truncate public.audit_log'].map(
    (statement): Question => ({
      about: 'public.audit_log',
      name: statement,
      ask: statement,
      answers: { 'the owner': 'refused', 'service role': 'denied' },
    }),
  ),
  {
    about: 'private.record_audit(jsonb)',
    name: 'handed over twice, written once',
    ask: `select count(*) from private.record_audit(${quoted(JSON.stringify([NOTE, NOTE]))}::jsonb)`,
    answers: { 'service role': '1', 'the room': '1' },
  },
  {
    about: 'public.chat_agents',
    name: 'the last active admin is deactivated, demoted',
    ask: `update public.chat_agents set active = false where role = 'admin'`,
    answers: { 'service role': 'WC001' },
  },
  {
    about: 'public.chat_agents',
    name: 'the last active admin’s row is deleted',
    ask: `delete from public.chat_agents where role = 'admin'`,
    answers: { 'service role': 'WC001' },
  },
  {
    about: 'public.chat_agents',
    name: 'an agent’s row is deleted',
    ask: `delete from public.chat_agents where id = '${ID.agent}'`,
    answers: { 'service role': '1' },
  },
  {
    about: 'public.chat_agents',
    name: 'an agent is deactivated',
    ask: `update public.chat_agents set active = false where id = '${ID.agent}'`,
    answers: { 'service role': '1' },
  },

  // Only a guest's conversations move, and only into an account.
  moves('a guest’s into an account', ID['guest B'], ID.registered, '1'),
  moves('a guest’s into another guest’s', ID['guest B'], ID['guest A'], null),
  moves('an account’s into another account', ID.registered, ID.agent, null),
  moves('an account’s into a guest’s', ID.registered, ID['guest A'], null),
  room(
    'private.conversation_owner(uuid)',
    'whose it is, and whose it was',
    `select (o ->> 'id') || ' ' || (o ->> 'formerVisitors') from private.conversation_owner('${ROOM.registered}') o`,
    `${ID.registered} ["${ID['somebody new']}"]`,
  ),
  room(
    'private.conversation_owner(uuid)',
    'one that never moved',
    `select (o ->> 'id') || ' ' || (o ->> 'formerVisitors') from private.conversation_owner('${ROOM.A}') o`,
    `${ID['guest A']} []`,
  ),
  server(
    'private.untold_moves(integer)',
    'those whose rooms have not heard',
    `select string_agg(id::text, ' ') from private.untold_moves(10) id`,
    `${ROOM['A, closed']} ${ROOM.registered}`,
  ),
  server(
    'private.untold_moves(integer)',
    'as many as wanted',
    'select count(*) from private.untold_moves(1)',
    '1',
  ),
  server(
    'private.told_move(uuid)',
    'of one, and no other',
    `do $$ begin
      perform private.told_move('${ROOM.registered}');
      if array(select private.untold_moves(10)) <> array['${ROOM['A, closed']}'::uuid] then raise 'told of others'; end if;
    end $$`,
    '0',
  ),

  // Whose address it is.
  server(
    'private.account_of(text)',
    'an account’s, however it is written',
    `select string_agg(id::text, ' ') from private.account_of('${ID.registered.toUpperCase()}@People.Test')`,
    ID.registered,
  ),
  server(
    'private.account_of(text)',
    'nobody’s',
    `select count(*) from private.account_of('x@people.test')`,
    '0',
  ),
];
