/** One protection taken out: what is replaced where, and the faults of which one must then be red. */
export interface Mutant {
  protection: string;
  edits: readonly { file: string; from: string; to: string }[];
  /** Numbers of the faults to run, the likeliest first. */
  faults: readonly number[];
}

export const mutants: readonly Mutant[] = [
  {
    protection: 'dedupe',
    faults: [2],
    edits: [
      {
        file: 'workers/rooms/message-log.ts',
        from: 'at integer not null, unique (sender_id, client_id))',
        to: 'at integer not null)',
      },
      {
        file: 'workers/rooms/message-log.ts',
        from: ' on conflict (sender_id, client_id) do nothing',
        to: '',
      },
    ],
  },
  {
    protection: 'contiguity in ingest',
    faults: [14],
    edits: [
      {
        file: 'supabase/migrations/20261128055205_read_once.sql',
        from: 'when first > held.head_seq + 1 then',
        to: 'when false then',
      },
    ],
  },
  {
    protection: 'epoch',
    faults: [14],
    edits: [
      {
        file: 'supabase/migrations/20261128055205_read_once.sql',
        from: 'if p_epoch < held.epoch then',
        to: 'if false then',
      },
    ],
  },
  {
    protection: 'ack only after the insert',
    faults: [11],
    edits: [
      {
        file: 'workers/rooms/room-core.ts',
        from: 'answer: refusal(FAILED, frame.id), row: null',
        to: "answer: { t: 'ack', id: frame.id, seq: this.#deps.storage.log.head + 1, at: new Date().toISOString() }, row: null",
      },
    ],
  },
  {
    protection: 'a write is whole or isn’t',
    faults: [11],
    edits: [
      {
        file: 'workers/rooms/message-log.ts',
        from: "      this.#sql.exec('delete from log where seq = ?', placed.seq);\n",
        to: '',
      },
    ],
  },
  {
    protection: 're-arming of the alarm',
    faults: [9],
    edits: [
      {
        file: 'workers/rooms/flusher.ts',
        from: "          storage.alarms.set(\n            'flush',",
        to: '          Math.max(',
      },
      {
        file: 'workers/rooms/conversation-room.ts',
        from: '    this.storage.alarms.ran();\n    this.#recover();\n',
        to: '',
      },
    ],
  },
  {
    protection: 'order of a sender’s messages through refusals',
    faults: [13],
    edits: [
      {
        file: 'app/realtime/outbox.ts',
        from: "const next = entries.find(({ state }) => state === 'sending');",
        to: "const next = entries.find(({ state, refusal }) => state === 'sending' && !refusal) ?? entries.find(({ state }) => state === 'sending');",
      },
    ],
  },
  {
    protection: 'the ticket when Auth is away: the room’s',
    faults: [1],
    edits: [
      {
        file: 'workers/upgrade.ts',
        from: 'ticket === null ? null : await readTicket(',
        to: 'ticket === null || Date.now() > 0 ? null : await readTicket(',
      },
    ],
  },
  {
    protection: 'the ticket when Auth is away: the browser’s',
    faults: [1],
    edits: [
      {
        file: 'app/realtime/socket.ts',
        from: '    if (ticket) {',
        to: '    if (ticket && Date.now() === 0) {',
      },
    ],
  },
  {
    protection: 'a gap is noticed by its seq',
    faults: [11, 12],
    edits: [
      {
        file: 'app/realtime/conversation-reducer.ts',
        from: 'if (message.seq !== state.last + 1) return',
        to: 'if (message.seq < state.last) return',
      },
    ],
  },
  {
    protection: 'another epoch is a reset',
    faults: [14],
    edits: [
      {
        file: 'workers/rooms/welcome.ts',
        from: '(hello.epoch !== undefined && hello.epoch !== epoch)',
        to: '(hello.epoch !== undefined && hello.epoch > 1_000_000)',
      },
    ],
  },
  {
    protection: 'an empty room takes nothing while it can’t know',
    faults: [14],
    edits: [
      {
        file: 'workers/rooms/room-loader.ts',
        from: "if (!page.ok || page.rows.length === 0) return { ok: false, code: 'unavailable' };",
        to: 'if (!page.ok || page.rows.length === 0) break;',
      },
      {
        file: 'workers/rooms/room-loader.ts',
        from: 'while (rows.length < head) {',
        to: 'while (rows.length < head - 1_000_000) {',
      },
    ],
  },
  {
    protection: 'a poisoned part is refused alone',
    faults: [14],
    edits: [
      {
        file: 'workers/store/ingest-line.ts',
        from: 'if (!unreadable) return written;',
        to: 'if (parts.length > 0) return written;',
      },
    ],
  },
  {
    protection: 'a half-open line is noticed',
    faults: [12],
    edits: [{ file: 'app/realtime/heartbeat.ts', from: '      dead();\n', to: '' }],
  },
  {
    protection: 'an answer that never comes is asked for again',
    faults: [12],
    edits: [
      {
        file: 'app/realtime/outbox.ts',
        from: '    up() {\n      isUp = true;\n      free();',
        to: '    up() {\n      isUp = true;',
      },
      {
        file: 'app/realtime/outbox.ts',
        from: '    down() {\n      isUp = false;\n      free();',
        to: '    down() {\n      isUp = false;',
      },
      {
        file: 'app/realtime/outbox.ts',
        from: '      free();\n      pump();\n    }, timing.answer);',
        to: '    }, timing.answer);',
      },
    ],
  },
];
