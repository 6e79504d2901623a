import type { CodeMutant } from './mutant.ts';

const UPGRADE = 'workers/upgrade.ts';
const API = 'app/services/api.server.ts';

export const edge: readonly CodeMutant[] = [
  {
    check: 'the origin of sockets',
    edits: [{ file: UPGRADE, from: 'if (!mayAsk(request', to: 'if (env === null && !mayAsk(request' }],
    attacks: ['a socket from another origin: null, look-alikes, other ports and schemes'],
  },
  {
    check: 'that an origin is on the list whole',
    edits: [
      {
        file: 'workers/auth/origin.ts',
        from: 'return origin === new URL(request.url).origin ||',
        to: 'return origin.startsWith(new URL(request.url).origin) ||',
      },
    ],
    attacks: ['a socket from another origin: null, look-alikes, other ports and schemes'],
  },
  {
    check: 'that a socket without an origin has no cookie',
    edits: [
      {
        file: UPGRADE,
        from: "return hasCredential && !request.headers.has('Cookie');",
        to: 'return hasCredential;',
      },
    ],
    attacks: ['a socket without an origin but with a cookie'],
  },
  {
    check: 'that a socket without an origin has a credential',
    edits: [
      {
        file: UPGRADE,
        from: "return hasCredential && !request.headers.has('Cookie');",
        to: "return !request.headers.has('Cookie');",
      },
    ],
    attacks: ['a socket without an origin but with a cookie'],
  },
  {
    check: 'the version of the protocol',
    edits: [{ file: UPGRADE, from: 'if (!offer.supportsVersion) {', to: 'if (env === null) {' }],
    attacks: ['subprotocols: none, another version, odd ones'],
  },
  {
    check: 'that a room’s socket is for who may see it',
    edits: [
      {
        file: UPGRADE,
        from: "if (!seen.visible) return refusedSocket(CLOSE.notFound, 'not found');",
        to: '',
      },
    ],
    attacks: ['another’s conversation, one that isn’t, ids that are none: one answer for all'],
  },
  {
    check: 'that a room’s address is an id',
    edits: [
      {
        file: UPGRADE,
        from: "if (!z.uuid().safeParse(id).success) return refusedSocket(CLOSE.notFound, 'not found');",
        to: '',
      },
    ],
    attacks: ['/rooms/..%2f and other ways out of the address'],
  },
  {
    check: 'that the API shows a conversation to who may see it',
    edits: [
      { file: 'app/services/conversations.server.ts', from: 'if (!seen.visible) throw notFound();', to: '' },
    ],
    attacks: ['another’s conversation, one that isn’t, ids that are none: one answer for all'],
  },
  {
    check: 'one 404 for what isn’t and what isn’t yours',
    edits: [
      {
        file: 'app/services/conversations.server.ts',
        from: 'if (!seen.visible) throw notFound();',
        to: "if (!seen.visible) throw problem(403, 'forbidden', 'This conversation isn’t yours.');",
      },
    ],
    attacks: ['another’s conversation, one that isn’t, ids that are none: one answer for all'],
  },
  {
    check: 'that ids are ids',
    edits: [
      {
        file: 'app/services/conversations.server.ts',
        from: 'if (!z.uuid().safeParse(id).success || id === undefined) throw notFound();',
        to: "if (!z.uuid().safeParse(id).success || id === undefined) throw problem(400, 'invalid', 'No id.');",
      },
    ],
    attacks: ['another’s conversation, one that isn’t, ids that are none: one answer for all'],
  },
  {
    check: 'the origin of the API’s calls with a cookie',
    edits: [{ file: API, from: 'if (bearer === null) requireAllowedOrigin(request, env);', to: '' }],
    attacks: ['the API with an agent’s cookie from another origin'],
  },
  {
    check: 'the origin of sign-ins',
    edits: [
      {
        file: API,
        from: 'if (origin !== null ? isAllowedOrigin(request, env, origin) : isSafe(request)) return;',
        to: 'if (origin !== null ? isAllowedOrigin(request, env, origin) || origin : isSafe(request)) return;',
      },
    ],
    attacks: ['POST /api/session from another origin'],
  },
  {
    check: 'that a call without an origin carries no cookie',
    edits: [{ file: API, from: "if (!request.headers.has('Cookie')) return true;", to: 'return true;' }],
    attacks: ['POST and DELETE /api/session without an origin but with a cookie'],
  },
  {
    check: 'that a form is our own page’s',
    edits: [
      {
        file: 'app/services/same-origin.server.ts',
        from: 'return origin === new URL(request.url).origin &&',
        to: 'return',
      },
    ],
    attacks: ['CSRF: a login posted from another site, with the right password'],
  },
  {
    check: 'that a form without an origin is our own page’s',
    edits: [
      {
        file: 'app/services/same-origin.server.ts',
        from: "if (origin === null) return site === 'same-origin';",
        to: 'if (origin === null) return true;',
      },
    ],
    attacks: ['CSRF: a login, logout, refresh without an origin'],
  },
  {
    check: 'where a login leads',
    edits: [
      {
        file: 'app/desk/safe-next.ts',
        from: "  if (url.origin !== base || url.pathname.includes('//')) return DESK;",
        to: '  if (url.origin !== base) return next;',
      },
    ],
    attacks: ['an open redirect behind the login'],
  },
  {
    check: 'how big a body may be',
    edits: [
      {
        file: 'app/services/body.server.ts',
        from: 'return bytes > maxBytes ? tooLarge',
        to: 'return bytes < 0 ? tooLarge',
      },
    ],
    attacks: ['a body of 65 KiB, of 10 MB, in chunks'],
  },
  {
    check: 'that only visitors begin conversations',
    edits: [
      {
        file: 'app/services/conversations.server.ts',
        from: "if (person.role !== 'visitor') throw problem(403, 'forbidden', 'Only visitors start conversations.');",
        to: '',
      },
    ],
    attacks: ['an agent begins a conversation'],
  },
  {
    check: 'that a list’s cursor is one of ours',
    edits: [
      {
        file: 'app/services/conversations.server.ts',
        from: "before: z.string().refine(isCursor, 'not a page of this list').optional(),",
        to: 'before: z.string().optional(),',
      },
    ],
    attacks: ['SQL metacharacters in before='],
  },
  {
    check: 'that personal answers are kept by nobody',
    edits: [
      {
        file: API,
        from: "headers.set('Cache-Control', 'private, no-store');",
        to: "headers.set('Cache-Control', 'public, max-age=60');",
      },
    ],
    attacks: ['personal answers kept by something in between'],
  },
  {
    check: 'that the desk is framed by nobody',
    edits: [
      {
        file: 'workers/edge/content-policy.ts',
        from: "    // Nobody may put the desk or the account into a frame and have somebody click in it.\n    'frame-ancestors': NONE,",
        to: "    'frame-ancestors': ['*'],",
      },
    ],
    attacks: ['the desk put into a frame', 'the desk in a frame on another site'],
  },
  {
    check: 'tries of an invitation’s link are counted',
    edits: [
      {
        file: 'app/services/invitation.server.ts',
        from: "if (await tooManyAttempts(request, env, form.get('token_hash')))",
        to: 'if (void tooManyAttempts)',
      },
    ],
    attacks: ['links of invitations guessed: one from everywhere, many from one place'],
  },
  {
    check: 'how often an address may be tried at the visitors’ sign-in',
    edits: [
      {
        file: 'app/services/sign-in.server.ts',
        from: "if (await tooManyAttempts(request, env, credentials.email)) return { ok: false, refusal: 'busy' };",
        to: 'void tooManyAttempts;',
      },
    ],
    attacks: [
      'passwords guessed at the visitors’ sign-in, an agent’s too; confirmations sent to somebody without end',
    ],
  },
  {
    check: 'how often a network may be counted',
    edits: [
      {
        file: 'workers/edge/limits.ts',
        from: 'return success\n      ? null',
        to: 'return success || who\n      ? null',
      },
    ],
    attacks: ['conversations without end'],
  },
  {
    check: 'the origin of upgrade, sign-in and claim',
    edits: ['upgrade', 'sign-in', 'claim'].map((name) => ({
      file: `app/routes/api.session.${name}.ts`,
      from: '    requireAllowedOrigin(request, env);\n',
      to: '    void requireAllowedOrigin;\n',
    })),
    attacks: ['upgrade, sign-in and claim from another origin, and with a cookie but no origin'],
  },
  {
    check: 'scripts need a nonce',
    edits: [
      {
        file: 'workers/edge/content-policy.ts',
        from: "'script-src': [...SELF, `'nonce-",
        to: "'script-src': [...SELF, \"'unsafe-inline'\", `'x-",
      },
    ],
    attacks: [
      'code in a page where somebody could write: scripts without a nonce, handlers, styles, a base, a form elsewhere',
    ],
  },
  {
    check: 'the chat is framed by listed websites alone',
    edits: [
      {
        file: 'workers/edge/content-policy.ts',
        from: "'frame-ancestors': [...SELF, ...ancestors],",
        to: "'frame-ancestors': [...ancestors, '*'],",
      },
    ],
    attacks: ['the chat in a frame on a website that is not listed'],
  },
  {
    check: 'that paths decode',
    edits: [
      {
        file: 'workers/app.ts',
        from: "if (!isDecodable(pathname)) return new Response('Not found', { status: 404 });",
        to: 'void isDecodable;',
      },
    ],
    attacks: [
      'paths that don’t decode, that climb, that double their slashes',
      'paths and fields with line breaks, fake entries and escape sequences',
    ],
  },
];
