import type { CodeMutant } from './mutant.ts';

const TOKEN = 'workers/auth/access-token.ts';
const TICKET = 'workers/auth/ticket.ts';

// Not the list of algorithms: jose's own key sets take no symmetric key either, so nothing could see it go.
export const identity: readonly CodeMutant[] = [
  {
    check: 'a token’s issuer',
    edits: [{ file: TOKEN, from: '    issuer,\n    audience', to: '    audience' }],
    attacks: ['tokens of another project: another key under our key’s name, another issuer'],
  },
  {
    check: 'a token’s audience',
    edits: [{ file: TOKEN, from: "    audience: 'authenticated',\n", to: '' }],
    attacks: ['another audience, another role'],
  },
  {
    check: 'a token’s role',
    edits: [{ file: TOKEN, from: "role: z.literal('authenticated')", to: 'role: z.string()' }],
    attacks: ['another audience, another role'],
  },
  {
    check: 'a token’s signature',
    edits: [
      {
        file: TOKEN,
        from: '} = await jwtVerify(token, keys, {',
        to: "} = await (async (text: string, ..._rest: unknown[]) => ({ payload: JSON.parse(atob((text.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) }))(token, keys, {",
      },
    ],
    attacks: ['a token with its subject, role or end changed, or cut off'],
  },
  {
    check: 'a token’s end',
    edits: [
      {
        file: TOKEN,
        from: '    issuer,\n    audience',
        to: '    clockTolerance: 9e8,\n    issuer,\n    audience',
      },
    ],
    attacks: ['expired, without an end, not valid yet, without a subject, for another kind of subject'],
  },
  {
    check: 'that a token has an end',
    edits: [{ file: TOKEN, from: 'exp: z.number(),', to: 'exp: z.number().default(9e9),' }],
    attacks: ['expired, without an end, not valid yet, without a subject, for another kind of subject'],
  },
  {
    check: 'that a token’s subject is an account',
    edits: [{ file: TOKEN, from: 'sub: z.uuid(),', to: 'sub: z.string(),' }],
    attacks: ['expired, without an end, not valid yet, without a subject, for another kind of subject'],
  },
  {
    check: 'a ticket’s room',
    edits: [{ file: TICKET, from: 'return rest.room === room', to: 'return rest.room' }],
    attacks: ['a ticket of another room, also beside another’s valid token'],
  },
  {
    check: 'a ticket’s person and signature',
    edits: [
      {
        file: TICKET,
        from: '} = await jwtVerify(ticket, keyOf(env), { audience: AUDIENCE, algorithms: [ALGORITHM] });',
        to: "} = await (async () => (await jwtVerify(ticket, keyOf(env), { audience: AUDIENCE }).catch(() => ({ payload: JSON.parse(atob((ticket.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) }))))();",
      },
    ],
    attacks: ['a ticket with another room, person, role or end written into it'],
  },
  {
    check: 'a ticket’s purpose',
    edits: [{ file: TICKET, from: '{ audience: AUDIENCE, algorithms', to: '{ algorithms' }],
    unit: 'workers/auth/ticket.test.ts',
  },
  {
    check: 'a ticket’s algorithm',
    edits: [{ file: TICKET, from: ', algorithms: [ALGORITHM] }', to: ' }' }],
    unit: 'workers/auth/ticket.test.ts',
  },
  {
    check: 'tickets and tokens from before a sign-out',
    edits: [
      {
        file: 'workers/rooms/conversation-room.ts',
        from: 'if (issuedAt <= this.storage.voidedUntil(session.person.id)) {',
        to: 'if (issuedAt <= 0) {',
      },
      {
        file: 'workers/rooms/conversation-room.ts',
        from: 'if (issuedAt <= this.storage.voidedUntil(person.id)) return',
        to: 'if (issuedAt <= 0) return',
      },
    ],
    attacks: ['socket, ticket and token after signing out'],
  },
  {
    check: 'that a sign-out closes sockets',
    edits: [
      {
        file: 'workers/rooms/conversation-room.ts',
        from: "    this.#sockets.close(code, code === CLOSE.signedOut ? 'signed out' : 'not allowed', personId);",
        to: '',
      },
    ],
    attacks: ['socket, ticket and token after signing out'],
  },
  {
    check: 'that a sign-out with a token that is over ends the session',
    edits: [
      {
        file: 'app/services/visitor-session.server.ts',
        from: '  else await endByRefreshToken(env, cookiesOf(request).get(VISITOR_COOKIE) ?? given);',
        to: '  void [endByRefreshToken, request, given];',
      },
    ],
    attacks: ['a visitor signs out with a token that has ended: what the session still opens'],
  },
  {
    check: 'that an agent’s sign-out with a token that is over closes their sockets',
    edits: [
      {
        file: 'app/services/agent-session.server.ts',
        from: '  const token = (await session.session())?.access_token ?? null;\n  const verified',
        to: '  const token = await sessionTokenOf(request);\n  const verified',
      },
      {
        file: 'app/services/agent-session.server.ts',
        from: 'import { authOf, withoutSession }',
        to: 'import { authOf, sessionTokenOf, withoutSession }',
      },
    ],
    attacks: ['an agent signs out with a token that has ended: what the session still opens'],
  },
  {
    check: 'that what an agent held before a sign-out opens no lobby',
    edits: [
      {
        file: 'workers/rooms/lobby.ts',
        from: 'if (issuedAt <= this.#storage.voidedUntil(person.id))',
        to: 'if (issuedAt <= 0)',
      },
    ],
    attacks: [
      'an agent’s stolen token after they have signed out: the lobby, a room they were in, one they were never in',
    ],
  },
  {
    check: 'that what an agent held before a sign-out opens no room they weren’t in',
    edits: [
      {
        file: 'workers/rooms/team-keeper.ts',
        from: 'if (issuedAt <= storage.voidedUntil(agentId))',
        to: 'if (issuedAt <= 0)',
      },
    ],
    attacks: [
      'an agent’s stolen token after they have signed out: the lobby, a room they were in, one they were never in',
    ],
  },
  {
    check: 'that sockets close when their session has ended, and not before',
    edits: [
      {
        file: 'app/services/ending.server.ts',
        from: 'const isLate = await Promise.race([ended.then(() => false), late]);',
        to: 'const isLate = (void late, false);',
      },
    ],
    unit: 'app/services/ending.server.test.ts',
  },
  {
    check: 'that an agent’s cookie is set by nobody else under the same domain',
    edits: [
      {
        file: 'app/services/supabase.server.ts',
        from: "isSecure(request) ? '__Host-wellchina-agent' :",
        to: "isSecure(request) ? 'wellchina-agent' :",
      },
    ],
    unit: 'app/services/supabase.server.test.ts',
  },
  {
    check: 'that agents who are gone lose their sockets',
    edits: [
      {
        file: 'workers/rooms/team-keeper.ts',
        from: 'present.filter((id) => !this.isActive(id))',
        to: 'present.filter((id) => id === null && !this.isActive(id))',
      },
    ],
    attacks: ['an agent deactivated while connected'],
  },
  {
    // At the door and by the lobby's own list: either keeps them out alone.
    check: 'that only agents enter the lobby',
    edits: [
      {
        file: 'workers/upgrade.ts',
        from: "if (person.role !== 'agent') return refusedSocket(CLOSE.forbidden, 'agents only');",
        to: '',
      },
      {
        file: 'workers/rooms/lobby.ts',
        from: "if (!(await this.#team.welcomes(person.id))) return refusedSocket(CLOSE.forbidden, 'no longer an agent');",
        to: '',
      },
    ],
    attacks: ['a deactivated agent'],
  },
  {
    check: 'that only agents do what agents do',
    edits: [
      {
        file: 'app/services/api.server.ts',
        from: "if (caller.person.role !== 'agent') throw problem(403, 'forbidden', 'Only agents may do this.');",
        to: '',
      },
    ],
    attacks: ['a guest accepts, takes over, transfers, reopens (their own and another’s)'],
  },
  {
    check: 'the account of a claim is live',
    edits: [
      {
        file: 'app/services/people.server.ts',
        from: 'const { data, error } = await auth.getUser(accessToken);',
        to: "const { data, error } = (await auth.getUser(accessToken)).data.user ? await auth.getUser(accessToken) : { data: { user: { id: verified.claims.sub, is_anonymous: verified.claims.isAnonymous, app_metadata: {}, user_metadata: {}, aud: '', created_at: '' } }, error: null };",
      },
    ],
    attacks: [
      'claim with an account that isn’t live: signed out, forged, expired, of another project, a guest, an agent, none',
    ],
  },
  {
    check: 'the guest of a claim is live',
    edits: [
      {
        file: 'app/services/claim.server.ts',
        from: "if (guest.is === 'dead') return { ok: false, refusal: 'guest_ended' };",
        to: "if (guest.is === 'dead') return { ok: true, brought: 0, headers: new Headers() };",
      },
    ],
    attacks: [
      'claim with a guest that isn’t live, or isn’t one: signed out, made up, an access token, another account’s',
    ],
  },
  {
    check: 'a claim is into a visitor’s account',
    edits: [
      {
        file: 'app/services/claim.server.ts',
        from: "if (team !== false) return { ok: false, refusal: team ? 'not_an_account' : 'away' };",
        to: 'void team;',
      },
    ],
    attacks: [
      'claim with an account that isn’t live: signed out, forged, expired, of another project, a guest, an agent, none',
    ],
  },
  {
    check: 'a link that confirms an address signs in only the browser that asked',
    edits: [
      {
        file: 'app/services/confirm.server.ts',
        from: 'const own = await renewed(request, env);',
        to: 'const own = (await renewed(request, env)) === undefined ? null : proven;',
      },
    ],
    attacks: [
      'an account with somebody else’s address, whose owner follows the link: with nobody, a guest, another account',
    ],
  },
  {
    check: 'the way through Google is this guest’s',
    edits: [
      {
        file: 'app/services/upgrade.server.ts',
        from: "if (returned.flow.link !== guestId) return { ok: false, refusal: 'link_cancelled' };",
        to: 'void guestId;',
      },
    ],
    attacks: [
      'the way through Google: made-up codes and states, a ticket or a token as the state, another’s code',
    ],
  },
];
