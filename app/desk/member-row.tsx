import { Form } from '@remix-run/react';
import { useRef, useState } from 'react';
import type { Member } from '../../workers/store/team.ts';
import { Avatar } from '../components/avatar.tsx';
import type { TeamAnswer } from '../services/team.server.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Field, RoleField } from './team-fields.tsx';

interface MemberRowProps {
  member: Member;
  /** The id of whoever is looking. */
  me: string;
  sending: boolean;
  /** What was wrong with this row's form. */
  answer: Extract<TeamAnswer, { ok: false }> | null;
}

/** One person on the team: who they are and how busy, and behind “Manage” what can be changed. */
export function MemberRow({ member, me, sending, answer }: MemberRowProps) {
  const { id, name, email, role, state } = member;
  return (
    <li className="member" data-state={state}>
      <details open={answer !== null}>
        <summary>
          {state === 'active' ? (
            <Avatar name={name} url={member.avatarUrl} online={member.online} size={40} />
          ) : (
            <Avatar name={name} url={member.avatarUrl} size={40} />
          )}
          <span className="member__who">
            <strong dir="auto">{name}</strong>
            <span className="member__email">{email}</span>
          </span>
          <span className="member__facts">
            {id === me && <span className="badge">You</span>}
            {role === 'admin' && <span className="badge badge--accent">Admin</span>}
            {state === 'invited' && <span className="badge badge--warn">Invited</span>}
            {state === 'deactivated' && <span className="badge">Deactivated</span>}
            {state === 'active' && (
              <span className="member__chats">
                {member.openChats} of {member.maxChats} {member.maxChats === 1 ? 'chat' : 'chats'}
              </span>
            )}
          </span>
          <span className="member__manage" aria-hidden="true">
            Manage
          </span>
        </summary>
        <div className="member__panel">
          {answer?.problems.form && (
            <p className="team__alert" role="alert">
              {answer.problems.form}
            </p>
          )}
          {state !== 'invited' && <EditForm member={member} sending={sending} answer={answer} />}
          <div className="member__actions">
            {state === 'active' && <DeactivateForm member={member} me={me} sending={sending} />}
            {state === 'deactivated' && (
              <PlainForm id={id} intent="reactivate" sending={sending} text="Reactivate" />
            )}
            {state === 'invited' && (
              <>
                <PlainForm id={id} intent="resend" sending={sending} text="Send the mail again" />
                <PlainForm id={id} intent="withdraw" sending={sending} text="Withdraw invitation" />
              </>
            )}
          </div>
        </div>
      </details>
    </li>
  );
}

function EditForm({ member, sending, answer }: Omit<MemberRowProps, 'me'>) {
  const { id, name, role, maxChats } = member;
  const typed = answer?.typed;
  return (
    <Form method="post" className="member__form" noValidate>
      <input type="hidden" name="intent" value="save" />
      <input type="hidden" name="member" value={id} />
      <input type="hidden" name="was.name" value={name} />
      <input type="hidden" name="was.role" value={role} />
      <input type="hidden" name="was.maxChats" value={maxChats} />
      <Field
        id={`name-${id}`}
        name="name"
        label="Name"
        maxLength={80}
        autoComplete="off"
        defaultValue={typed?.name ?? name}
        problem={answer?.problems.name}
      />
      <RoleField id={`role-${id}`} value={typed?.role ?? role} problem={answer?.problems.role} />
      <Field
        id={`chats-${id}`}
        name="maxChats"
        label="Chats at once"
        type="number"
        inputMode="numeric"
        min={0}
        max={1000}
        defaultValue={typed?.maxChats ?? maxChats}
        problem={answer?.problems.maxChats}
      />
      <button type="submit" className="button button--small" disabled={sending}>
        {sending ? 'Saving…' : 'Save'}
      </button>
    </Form>
  );
}

/** Asks first where there is JavaScript to ask with; it can be undone. */
function DeactivateForm({ member, me, sending }: Omit<MemberRowProps, 'answer'>) {
  const [asking, setAsking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { id, name, openChats } = member;
  const whose =
    id === me
      ? { are: 'You are', have: 'You have', their: 'Your' }
      : { are: 'They are', have: 'They have', their: 'Their' };
  return (
    <>
      <Form method="post" ref={form}>
        <input type="hidden" name="intent" value="deactivate" />
        <input type="hidden" name="member" value={id} />
        <button
          type="submit"
          className="button button--quiet button--small"
          disabled={sending}
          data-asks-first
          onClick={(event) => {
            event.preventDefault();
            setAsking(true);
          }}
        >
          Deactivate
        </button>
      </Form>
      <ConfirmDialog
        open={asking}
        title={id === me ? 'Deactivate yourself?' : `Deactivate ${name}?`}
        confirm="Deactivate"
        busy={sending}
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          form.current?.requestSubmit();
        }}
      >
        <p>
          {whose.are} signed out of the desk within seconds.{' '}
          {openChats === 0
            ? `${whose.have} no open conversation.`
            : openChats === 1
              ? `${whose.their} open conversation goes back into the queue.`
              : `${whose.their} ${openChats} open conversations go back into the queue.`}{' '}
          {id === me ? 'Another admin can bring you back.' : 'You can bring them back later.'}
        </p>
      </ConfirmDialog>
    </>
  );
}

function PlainForm({
  id,
  intent,
  text,
  sending,
}: {
  id: string;
  intent: 'reactivate' | 'resend' | 'withdraw';
  text: string;
  sending: boolean;
}) {
  return (
    <Form method="post">
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="member" value={id} />
      <button type="submit" className="button button--quiet button--small" disabled={sending}>
        {text}
      </button>
    </Form>
  );
}
