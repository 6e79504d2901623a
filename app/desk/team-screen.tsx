import { Link, useNavigation } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { Member } from '../../workers/store/team.ts';
import type { TeamAnswer } from '../services/team.server.ts';
import { useDesk } from './desk-context.ts';
import { InviteForm } from './invite-form.tsx';
import { MemberRow } from './member-row.tsx';
import type { TeamIntent } from './team-intents.ts';

/** What the address says was done last: the page is loaded anew after each change. */
export interface TeamDone {
  done: TeamIntent;
  who: string;
}

interface TeamScreenProps {
  members: readonly Member[];
  /** What was wrong with the form sent last. */
  answer: Extract<TeamAnswer, { ok: false }> | null;
  done: TeamDone | null;
}

/** Who answers visitors: everybody on the team, what they may do, and how to bring in more. */
export function TeamScreen({ members, answer, done }: TeamScreenProps) {
  const { agent, queue } = useDesk();
  const navigation = useNavigation();
  const sending = navigation.state !== 'idle' && navigation.formMethod === 'POST';
  const screen = useRef<HTMLDivElement>(null);
  const live = new Map(queue.agents.map((one) => [one.id, one]));
  const shown = members.map((member) => {
    const now = live.get(member.id);
    return now ? { ...member, online: now.online, openChats: now.activeChats } : member;
  });
  const active = shown.filter(({ state }) => state === 'active');

  useEffect(() => {
    if (sending || !answer) return;
    screen.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [sending, answer]);
  // Once it was sent from here. A page that comes with it begins at its top, and must not jump when it comes alive.
  const sent = useRef(false);
  useEffect(() => {
    if (sent.current && done && !sending) screen.current?.scrollTo({ top: 0 });
    sent.current = sending;
  }, [done, sending]);

  // Of the invitation, and of somebody who has left the list meanwhile.
  const ofRow = answer?.member && members.some(({ id }) => id === answer.member);
  const general = ofRow ? undefined : answer?.problems.form;
  return (
    <div className="team" ref={screen}>
      <header className="team__head">
        <Link className="team__back" to="/agent">
          All conversations
        </Link>
        <h1>Team</h1>
        <p>
          {active.length === 1 ? 'One person answers' : `${active.length} people answer`} visitors,{' '}
          {active.filter(({ online }) => online).length} online now.
        </p>
        <p className="team__note" role="status">
          {done && !sending ? sentence(done, members) : ''}
        </p>
        {general && (
          <p className="team__alert" role="alert">
            {general}
          </p>
        )}
      </header>

      <section aria-labelledby="invite">
        <h2 id="invite">Invite somebody</h2>
        <InviteForm answer={answer?.intent === 'invite' ? answer : null} sending={sending} />
      </section>

      <section aria-labelledby="members">
        <h2 id="members">On the team</h2>
        <ul className="team__list">
          {shown.map((member) => (
            <MemberRow
              // What was changed is shown as it is now, not as it was typed.
              key={`${member.id} ${member.name} ${member.role} ${member.maxChats} ${member.state}`}
              member={member}
              me={agent.id}
              sending={sending}
              answer={answer?.member === member.id ? answer : null}
            />
          ))}
        </ul>
      </section>
    </div>
  );
}

function sentence({ done, who }: TeamDone, members: readonly Member[]): string {
  const member = members.find(({ id }) => id === who);
  const name = member?.name ?? 'They';
  switch (done) {
    case 'invite':
    case 'resend':
      return `The invitation is on its way to ${member?.email ?? 'them'}.`;
    case 'withdraw':
      return 'The invitation was withdrawn. Its link no longer works.';
    case 'save':
      return `${name}: saved.`;
    case 'deactivate':
      return `${name} was deactivated. Their open conversations are waiting again.`;
    case 'reactivate':
      return `${name} is back on the team.`;
    default:
      return done satisfies never;
  }
}
