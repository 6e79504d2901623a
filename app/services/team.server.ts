import { z } from 'zod';
import { networkOf } from '../../workers/auth/network.ts';
import { errorName, log } from '../../workers/log.ts';
import { lobbyOf } from '../../workers/objects.ts';
import { actorOf } from '../../workers/rooms/audit-trail.ts';
import { displayName } from '../../workers/rooms/names.ts';
import type { Asker } from '../../workers/store/asker.ts';
import type { Member, MemberChange, TeamCode } from '../../workers/store/team.ts';
import { TEAM_INTENTS, type TeamIntent } from '../desk/team-intents.ts';
import { type AgentSession, awayResponse } from './agent-session.server.ts';
import { sendInvitation } from './invitation-mail.server.ts';
import { requireAdmin } from './widget-sites.server.ts';

/** A field of one of the page's forms, or the form as a whole. */
export type TeamField = 'email' | 'role' | 'name' | 'maxChats' | 'form';

/** What became of a form. `problems` are sentences for whoever filled it in; `typed` is what they filled in. */
export type TeamAnswer =
  | { ok: true; done: TeamIntent; who: string }
  | {
      ok: false;
      status: number;
      intent: TeamIntent | null;
      /** Whose row the form is in; null for the invitation. */
      member: string | null;
      problems: Partial<Record<TeamField, string>>;
      typed: Partial<Record<TeamField, string>>;
    };

const AWAY = 'The team can’t be changed right now. Nothing was changed; try again in a moment.';
const GONE = 'Somebody has changed this meanwhile. Look at the list again.';
const LAST_ADMIN = 'This is the last active admin. Make somebody else an admin first.';

const roleSchema = z.enum(['agent', 'admin']);
const changeSchema = z.object({
  name: z
    .string()
    .transform((text) => displayName(text.slice(0, 1_000)))
    .refine((name): name is string => name !== null, 'Enter a name.'),
  role: roleSchema,
  maxChats: z
    .string()
    .trim()
    .regex(/^\d{1,4}$/u)
    .transform(Number)
    .pipe(z.number().max(1_000))
    .catch(Number.NaN),
});

const askerOf = (request: Request, session: AgentSession): Asker => ({
  id: session.agent.id,
  from: networkOf(request),
});

/**
 * Everybody on the team.
 *
 * @throws Response 403 for somebody who is no admin, 503 while Postgres is away
 */
export async function teamOf(request: Request, env: Env, session: AgentSession): Promise<Member[]> {
  requireAdmin(session);
  const read = await env.STORE.team(askerOf(request, session));
  if (read.ok) return read.members;
  if (read.code === 'forbidden') throw new Response('Only administrators see this page.', { status: 403 });
  throw awayResponse();
}

/**
 * Does what one of the team page's forms asks for.
 *
 * @throws Response 403 for somebody who is no admin (any more)
 */
export async function changeTeam(
  request: Request,
  env: Env,
  session: AgentSession,
  form: URLSearchParams,
): Promise<TeamAnswer> {
  requireAdmin(session);
  const intent = z.enum(TEAM_INTENTS).safeParse(form.get('intent'));
  if (!intent.success) return refusal(400, null, form, { form: 'That is nothing this page does.' });
  const asker = askerOf(request, session);
  if (intent.data === 'invite') return inviteSomebody(request, env, asker, form);

  const id = z.uuid().safeParse(form.get('member'));
  if (!id.success) return refusal(400, intent.data, form, { form: GONE });
  if (intent.data === 'resend') return resend(request, env, asker, id.data, form);
  const changed = await change(env, asker, id.data, intent.data, form);
  if (!changed.ok) return changed;
  if (intent.data !== 'withdraw') {
    const left = intent.data === 'deactivate' ? id.data : null;
    const by = actorOf({ ...session.agent, role: 'agent', isAdmin: true }, asker.from);
    await tellLobby(() => lobbyOf(env).teamChanged(by, left));
  }
  return changed;
}

async function change(
  env: Env,
  asker: Asker,
  id: string,
  intent: 'withdraw' | 'save' | 'deactivate' | 'reactivate',
  form: URLSearchParams,
): Promise<TeamAnswer> {
  const asked = intent === 'save' ? readChange(form) : { ok: true as const, change: {} };
  if (!asked.ok) return refusal(400, intent, form, asked.problems);
  const result = await ask(asked.change);
  if (result.ok) return { ok: true, done: intent, who: id };
  if (result.code === 'last_admin') {
    return refusal(409, intent, form, intent === 'save' ? { role: LAST_ADMIN } : { form: LAST_ADMIN });
  }
  return refused(result.code, intent, form);

  function ask(change: MemberChange) {
    switch (intent) {
      case 'withdraw':
        return env.STORE.withdrawInvitation(asker, id);
      case 'save':
        return env.STORE.changeMember(asker, id, change);
      case 'deactivate':
        return env.STORE.setActive(asker, id, false);
      case 'reactivate':
        return env.STORE.setActive(asker, id, true);
      default:
        return intent satisfies never;
    }
  }
}

/** What a row's form asks to be changed: only what differs from what its page showed, or one admin would undo another's. */
function readChange(
  form: URLSearchParams,
): { ok: true; change: MemberChange } | { ok: false; problems: Partial<Record<TeamField, string>> } {
  const read = changeSchema.safeParse(Object.fromEntries(form));
  if (!read.success || Number.isNaN(read.data.maxChats)) {
    const wrong = new Set(read.error?.issues.map(({ path }) => path[0]));
    return {
      ok: false,
      problems: {
        ...(wrong.has('name') ? { name: 'Enter a name.' } : {}),
        ...(wrong.has('role') ? { role: 'Choose agent or admin.' } : {}),
        ...(wrong.size === 0 || Number.isNaN(read.data?.maxChats)
          ? { maxChats: 'Enter a whole number from 0 to 1000.' }
          : {}),
      },
    };
  }
  const { name, role, maxChats } = read.data;
  return {
    ok: true,
    change: {
      ...(name === form.get('was.name') ? {} : { name }),
      ...(role === form.get('was.role') ? {} : { role }),
      ...(String(maxChats) === form.get('was.maxChats') ? {} : { maxChats }),
    },
  };
}

const inviteSchema = z.object({
  email: z.string().trim().toLowerCase().max(320).pipe(z.email()),
  role: roleSchema,
});

async function inviteSomebody(
  request: Request,
  env: Env,
  asker: Asker,
  form: URLSearchParams,
): Promise<TeamAnswer> {
  const read = inviteSchema.safeParse(Object.fromEntries(form));
  if (!read.success) {
    const wrong = new Set(read.error.issues.map(({ path }) => path[0]));
    return refusal(400, 'invite', form, {
      ...(wrong.has('email') ? { email: 'Enter an email address, like name@example.com.' } : {}),
      ...(wrong.has('role') ? { role: 'Choose agent or admin.' } : {}),
    });
  }
  const { email, role } = read.data;
  const name = displayName(email.split('@')[0]) ?? 'Invited';
  return invite(request, env, asker, 'invite', form, { email, role, name });
}

async function resend(
  request: Request,
  env: Env,
  asker: Asker,
  id: string,
  form: URLSearchParams,
): Promise<TeamAnswer> {
  const read = await env.STORE.team(asker);
  if (!read.ok) return refused(read.code, 'resend', form);
  const member = read.members.find((one) => one.id === id);
  if (member?.state !== 'invited' || member.email === null) return refused('missing', 'resend', form);
  const { email, role, name } = member;
  return invite(request, env, asker, 'resend', form, { email, role, name });
}

async function invite(
  request: Request,
  env: Env,
  asker: Asker,
  intent: 'invite' | 'resend',
  form: URLSearchParams,
  { email, role, name }: Pick<Member, 'role' | 'name'> & { email: string },
): Promise<TeamAnswer> {
  const field = intent === 'invite' ? 'email' : 'form';
  const met = await env.STORE.invitee(asker, email);
  if (!met.ok) return refused(met.code, intent, form);
  if (met.member === 'active')
    return refusal(409, intent, form, { [field]: `${email} is on the team already.` });
  if (met.member === 'deactivated') {
    const problem = `${email} was on the team and is deactivated. Reactivate them in the list below.`;
    return refusal(409, intent, form, { [field]: problem });
  }
  const sent = await sendInvitation(env, new URL(request.url).origin, email, met);
  switch (sent.is) {
    case 'sent': {
      const invited = await env.STORE.invite(asker, { id: sent.accountId, name, role });
      return invited.ok
        ? { ok: true, done: intent, who: sent.accountId }
        : refused(invited.code, intent, form);
    }
    case 'refused':
      return refusal(422, intent, form, {
        [field]: 'No mail can be sent to this address. Check it for a slip.',
      });
    case 'busy':
      return refusal(429, intent, form, {
        [field]: 'A mail was sent only just now. Wait a minute, then try again.',
      });
    case 'away':
      return refusal(503, intent, form, { form: AWAY });
    default:
      return sent satisfies never;
  }
}

/** @throws Response 403 */
function refused(
  code: TeamCode | 'unavailable' | 'gone',
  intent: TeamIntent,
  form: URLSearchParams,
): TeamAnswer {
  if (code === 'forbidden') throw new Response('Only administrators see this page.', { status: 403 });
  if (code === 'unavailable') return refusal(503, intent, form, { form: AWAY });
  return refusal(409, intent, form, { form: GONE });
}

function refusal(
  status: number,
  intent: TeamIntent | null,
  form: URLSearchParams,
  problems: Partial<Record<TeamField, string>>,
): TeamAnswer {
  const typed = (['email', 'role', 'name', 'maxChats'] as const).map((field) => [
    field,
    form.get(field)?.slice(0, 320),
  ]);
  return {
    ok: false,
    status,
    intent,
    member: form.get('member'),
    problems,
    typed: Object.fromEntries(typed.filter(([, value]) => value !== undefined)),
  };
}

const TELL_TRIES = 3;

/** The lobby reads the team anew every few minutes; but who was sent away should be out at once. */
export async function tellLobby(tell: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt <= TELL_TRIES; attempt++) {
    try {
      return await tell();
    } catch (error) {
      log({ event: 'lobby_call_failed', method: 'teamChanged', name: errorName(error) });
    }
  }
}
