import type { Message } from '../../../app/protocol/model.ts';
import type { Ack } from './wire.ts';

/** A message somebody wrote. A writer's are in the order they were written. */
export interface Written {
  writer: string;
  room: string;
  person: string;
  clientId: string;
  text: string;
  /** Its tab ended before the message was stored: it may never have gone out. */
  mayBeForgotten?: boolean;
}

/** A row of `public.messages`. */
export interface MessageRow {
  seq: number;
  id: string;
  sender_id: string;
  sender_role: string;
  sender_name: string;
  client_id: string;
  message_type: string;
  content: string | null;
  event: unknown;
  at: string;
}

export interface View {
  who: string;
  messages: readonly Message[];
  /** Own messages that are neither sent nor given up. */
  unsent: number;
  /** Own messages that the room refused for good. */
  failed: number;
}

/** All that is known of one conversation when everything is quiet. */
export interface RoomEvidence {
  room: string;
  /** From the room, over HTTP, oldest first. */
  log: readonly Message[];
  rows: readonly MessageRow[];
  /** `conversations.head_seq`. */
  rowsHead: number;
  views: readonly View[];
}

export interface Evidence {
  rooms: readonly RoomEvidence[];
  written: readonly Written[];
  acks: readonly Ack[];
  foreign: readonly string[];
  wrongViews: readonly string[];
  /** Rooms that `/healthz` says are behind; null when it doesn't answer. */
  behind: number | null;
}

export interface Verdict {
  /** Rows in the logs. */
  messages: number;
  acked: number;
  /** Acked and not in the log at that seq, or not in Postgres; written, stored and never arrived. */
  lost: number;
  doubled: number;
  outOfOrder: number;
  /** One sentence each; empty when every promise was kept. */
  problems: string[];
}

/**
 * Decides whether the contract was kept: acked ⊆ log; seq 1..head without a gap, one per client id; Postgres equals
 * the log row for row; everybody shows the same; per writer the order written is the order of the log; nothing of
 * another conversation anywhere; nobody is behind.
 */
export function decide(evidence: Evidence): Verdict {
  const problems: string[] = [];
  let lost = 0;
  let doubled = 0;
  let outOfOrder = 0;
  const written = groupBy(evidence.written, ({ room }) => room);
  const acks = groupBy(evidence.acks, ({ room }) => room);

  for (const { room, log, rows, rowsHead, views } of evidence.rooms) {
    const say = (problem: string) => problems.push(`${room}: ${problem}`);
    const bySender = new Map<string, Message>();
    log.forEach((message, index) => {
      if (message.seq !== index + 1) say(`seq ${message.seq} stands at ${index + 1}`);
      const key = `${message.senderId} ${message.clientId}`;
      if (bySender.has(key)) {
        doubled += 1;
        say(`client id ${message.clientId} is there twice`);
      }
      bySender.set(key, message);
      if (message.text !== null && !message.text.startsWith(`${room} `))
        say(`foreign text at ${message.seq}`);
    });
    const texts = log.flatMap(({ text }) => (text === null ? [] : [text]));
    if (new Set(texts).size !== texts.length) {
      doubled += texts.length - new Set(texts).size;
      say('a text is there twice');
    }

    for (const { person, clientId, seq } of acks.get(room) ?? []) {
      const held = bySender.get(`${person} ${clientId}`);
      if (held?.seq === seq) continue;
      lost += 1;
      say(`acked as ${seq}, ${held ? `stands at ${held.seq}` : 'not there'}: ${clientId}`);
    }

    const last = new Map<string, number>();
    for (const { writer, person, clientId, text, mayBeForgotten } of written.get(room) ?? []) {
      const message = bySender.get(`${person} ${clientId}`);
      if (!message) {
        if (mayBeForgotten) continue;
        lost += 1;
        say(`written, never arrived: ${text.slice(0, 30)}`);
        continue;
      }
      if (message.text !== text) say(`another text at ${message.seq}`);
      if (message.seq < (last.get(writer) ?? 0)) {
        outOfOrder += 1;
        say(`${writer}'s message at ${message.seq} was written after the one at ${last.get(writer)}`);
      }
      last.set(writer, message.seq);
    }

    if (rowsHead !== log.length) say(`Postgres has head ${rowsHead}, the log ${log.length}`);
    if (rows.length !== log.length) say(`Postgres has ${rows.length} rows, the log ${log.length}`);
    rows.forEach((row, index) => {
      const message = log[index];
      if (message && !equal(row, message)) say(`Postgres differs at ${row.seq}`);
    });

    for (const { who, messages, unsent, failed } of views) {
      if (unsent > 0) say(`${who} still has ${unsent} unsent`);
      if (failed > 0) say(`${who} has ${failed} refused`);
      const wrong = firstDifference(messages, log);
      if (wrong !== null) {
        const seen = (message: Message | undefined) => JSON.stringify(message ?? null).slice(0, 300);
        say(
          `${who} shows something else at ${wrong}: ${seen(messages[wrong - 1])}, not ${seen(log[wrong - 1])}`,
        );
      }
    }
  }
  if (evidence.behind !== 0) problems.push(`behind: ${evidence.behind}`);
  problems.push(...evidence.foreign.map((what) => `foreign: ${what}`), ...evidence.wrongViews);
  return {
    messages: evidence.rooms.reduce((sum, { log }) => sum + log.length, 0),
    acked: new Set(evidence.acks.map(({ room, person, clientId }) => `${room} ${person} ${clientId}`)).size,
    lost,
    doubled,
    outOfOrder,
    problems,
  };
}

function equal(row: MessageRow, message: Message): boolean {
  return (
    row.seq === message.seq &&
    row.id === message.id &&
    row.client_id === message.clientId &&
    row.sender_id === message.senderId &&
    row.sender_role === message.senderRole &&
    row.sender_name === message.senderName &&
    row.message_type === message.kind &&
    row.content === message.text &&
    JSON.stringify(sorted(row.event ?? null)) === JSON.stringify(sorted(message.event ?? null)) &&
    Date.parse(row.at) === Date.parse(message.at)
  );
}

/** Where a view parts from the log (a seq), or null. The client's own rows carry no room id: an ack has none. */
function firstDifference(view: readonly Message[], log: readonly Message[]): number | null {
  for (let index = 0; index < Math.max(view.length, log.length); index++) {
    const shown = view[index];
    const held = log[index];
    const same =
      shown &&
      held &&
      shown.seq === held.seq &&
      shown.clientId === held.clientId &&
      shown.senderId === held.senderId &&
      shown.text === held.text &&
      shown.kind === held.kind &&
      shown.at === held.at;
    if (!same) return index + 1;
  }
  return null;
}

/** jsonb keeps no order of keys. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, child]) => [key, sorted(child)]);
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
