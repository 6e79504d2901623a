import type { CodeMutant } from './mutant.ts';

const ADMISSION = 'workers/rooms/admission.ts';
const RECEPTION = 'workers/rooms/reception.ts';
const CORE = 'workers/rooms/room-core.ts';

const NOT_THEIRS = 'an agent writes, types and reads marks in a conversation that isn’t theirs';

export const rooms: readonly CodeMutant[] = [
  {
    check: 'the sender’s role is the socket’s',
    edits: [
      {
        file: 'workers/rooms/frames.ts',
        from: '? { t, id, kind, text } : null',
        to: '? (json as ClientFrame) : null',
      },
      {
        file: CORE,
        from: 'this.#append(person, clientId, admission.text)',
        to: "this.#append({ ...person, role: (frame as unknown as { senderRole?: 'agent' }).senderRole ?? person.role }, clientId, admission.text)",
      },
    ],
    attacks: ['forge senderRole, senderId, senderName, seq, at, kind of sender, event'],
  },
  {
    check: 'the sender is the socket’s',
    edits: [
      {
        file: 'workers/rooms/frames.ts',
        from: '? { t, id, kind, text } : null',
        to: '? (json as ClientFrame) : null',
      },
      {
        file: CORE,
        from: 'this.#append(person, clientId, admission.text)',
        to: 'this.#append({ ...person, id: (frame as unknown as { senderId?: string }).senderId ?? person.id }, clientId, admission.text)',
      },
    ],
    attacks: ['forge senderRole, senderId, senderName, seq, at, kind of sender, event'],
  },
  {
    check: 'the clock is the room’s',
    edits: [
      {
        file: 'workers/rooms/frames.ts',
        from: '? { t, id, kind, text } : null',
        to: '? (json as ClientFrame) : null',
      },
      {
        file: CORE,
        from: 'this.#append(person, clientId, admission.text)',
        to: 'this.#append(person, clientId, admission.text, frame)',
      },
      {
        file: CORE,
        from: '#append(person: Person, clientId: string, text: string): LogRow | null {',
        to: '#append(person: Person, clientId: string, text: string, frame: object): LogRow | null {',
      },
      {
        file: CORE,
        from: 'const at = Date.now();\n    const append',
        to: "const at = 'at' in frame ? Date.parse(String(frame.at)) : Date.now();\n    const append",
      },
    ],
    attacks: ['forge senderRole, senderId, senderName, seq, at, kind of sender, event'],
  },
  {
    check: 'only the visitor writes as the visitor',
    edits: [
      {
        file: ADMISSION,
        from: "if (person.role === 'visitor' && person.id !== state.visitor.id) {",
        to: 'if (person === null) {',
      },
    ],
    unit: 'workers/rooms/admission.test.ts',
  },
  {
    check: 'only its agent writes',
    edits: [
      {
        file: ADMISSION,
        from: "if (person.role === 'agent' && !isItsAgent(state, person)) {",
        to: 'if (!isItsAgent && person) {',
      },
    ],
    attacks: [NOT_THEIRS],
  },
  {
    check: 'only its agent types',
    edits: [
      {
        file: CORE,
        from: "if (!mayWrite || this.state.status === 'closed') return;",
        to: "if (!mayWrite && this.state.status === 'closed') return;",
      },
    ],
    attacks: [NOT_THEIRS],
  },
  {
    check: 'only its agent reads marks',
    edits: [
      { file: CORE, from: "if (person.role === 'agent' && !isItsAgent(this.state, person)) return;", to: '' },
    ],
    attacks: [NOT_THEIRS],
  },
  {
    check: 'nobody writes after the close',
    edits: [
      {
        file: ADMISSION,
        from: "if (state.status === 'closed') return refuse('closed', 'This conversation is closed.');",
        to: '',
      },
    ],
    attacks: ['writing after the close'],
  },
  {
    check: 'the same id is the same message',
    edits: [
      {
        file: ADMISSION,
        from: "return refuse('conflict', 'A different message was already sent under this id.');",
        to: "return { kind: 'known', row: held };",
      },
    ],
    attacks: ['the same id with another text'],
  },
  {
    check: 'what a text may hold',
    edits: [
      {
        file: ADMISSION,
        from: "  if (problem) return { kind: 'refuse', refusal: problem };",
        to: '  void problem;',
      },
    ],
    attacks: ['a text over the limit in a frame under it', 'U+0000 and lone surrogates over the socket'],
  },
  {
    check: 'the limit on messages',
    edits: [
      {
        file: ADMISSION,
        from: 'if (retryAfterMs === 0) return null;',
        to: 'if (retryAfterMs >= 0) return null;',
      },
    ],
    attacks: ['fifteen messages at once: a burst of ten, one spent already'],
  },
  {
    check: 'the limit on frames',
    edits: [
      {
        file: RECEPTION,
        from: 'if (core.allowances.frame(session.person.id) > 0) {',
        to: 'if (core === null) {',
      },
    ],
    attacks: ['frames without end'],
  },
  {
    check: 'the limit on frames to the lobby',
    edits: [
      {
        file: 'workers/rooms/lobby.ts',
        from: 'if (!session || this.#allowances.frame(session.person.id) > 0) {',
        to: 'if (!session) {',
      },
    ],
    attacks: ['frames to the lobby without end'],
  },
  {
    check: 'the limit on sockets',
    edits: [
      {
        file: RECEPTION,
        from: 'sockets.makeRoom(session.person.id, limits.socketsPerPerson);',
        to: 'void limits;',
      },
    ],
    attacks: ['25 sockets of one person'],
  },
  {
    check: 'the limit on sockets in the lobby',
    edits: [
      {
        file: 'workers/rooms/lobby.ts',
        from: 'this.#sockets.makeRoom(person.id, settingsOf(this.env).limits.socketsPerPerson);',
        to: '',
      },
    ],
    attacks: ['25 sockets of one agent in the lobby'],
  },
  {
    check: 'how big a frame may be',
    edits: [
      {
        file: 'workers/rooms/frames.ts',
        from: 'if (exceeds(data, maxBytes)) return',
        to: 'if (exceeds(data, maxBytes * 1_000)) return',
      },
    ],
    attacks: ['a frame of 33 KiB'],
  },
  {
    check: 'hello comes first',
    edits: [
      {
        file: RECEPTION,
        from: "if (!session.greeted && frame.t !== 'hello') {",
        to: 'if (session === null) {',
      },
    ],
    attacks: ['speak before hello'],
  },
  {
    check: 'a socket that was shown the door is not heard',
    edits: [{ file: RECEPTION, from: 'if (socket.readyState !== WebSocket.OPEN) return;', to: '' }],
    attacks: ['a client that was shown the door and keeps talking'],
  },
  {
    check: 'who closes a conversation',
    edits: [
      {
        file: 'workers/rooms/room-state.ts',
        from: "if (!mayClose(state, by)) return refused('forbidden');",
        to: 'void mayClose;',
      },
    ],
    attacks: ['an agent closes or transfers another’s conversation'],
  },
  {
    check: 'who transfers a conversation',
    edits: [
      {
        file: 'workers/rooms/room-state.ts',
        from: "if (!isItsAgent(state, by) && !by.isAdmin) return refused('forbidden');",
        to: '',
      },
    ],
    attacks: ['an agent closes or transfers another’s conversation'],
  },
  {
    check: 'an agent’s places',
    edits: [
      {
        file: 'workers/rooms/lobby.ts',
        from: 'if (!this.#queue.reserve(conversationId, agent.id, agent.maxChats))',
        to: 'if (!this.#queue.reserve(conversationId, agent.id, 1_000))',
      },
    ],
    attacks: ['an accept beyond one’s places, also many at once'],
  },
  {
    check: 'a transfer is to an agent',
    edits: [
      {
        file: 'workers/rooms/team-keeper.ts',
        from: 'return known() ?? null;',
        to: "return known() ?? { id: agentId, name: 'Nobody', avatarUrl: null, role: 'agent', maxChats: 5 };",
      },
    ],
    attacks: ['a transfer to a guest, to oneself under a false name, to nobody'],
  },
  {
    check: 'metadata is for agents',
    edits: [
      {
        file: 'workers/store/conversations.ts',
        from: "...(reader === 'agent' ? { metadata: row.metadata } : {}),",
        to: '...(reader ? { metadata: row.metadata } : {}),',
      },
    ],
    attacks: ['metadata, which only agents see, asked for by the visitor'],
  },
  {
    check: 'what a name may hold',
    edits: [
      {
        file: 'workers/rooms/names.ts',
        from: ".replace(UNSAFE, ' ')",
        to: ".replaceAll(String(UNSAFE), ' ')",
      },
    ],
    attacks: ['right-to-left override in a name'],
  },
];
