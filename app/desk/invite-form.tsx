import { Form } from '@remix-run/react';
import type { TeamAnswer } from '../services/team.server.ts';
import { Field, RoleField } from './team-fields.tsx';

interface InviteFormProps {
  /** What was wrong with it. */
  answer: Extract<TeamAnswer, { ok: false }> | null;
  sending: boolean;
}

/** Brings somebody in: they get a mail, and choose their name and password themselves. */
export function InviteForm({ answer, sending }: InviteFormProps) {
  return (
    <Form method="post" className="team__invite" noValidate>
      <input type="hidden" name="intent" value="invite" />
      <Field
        id="invite-email"
        name="email"
        label="Email"
        type="email"
        inputMode="email"
        autoComplete="off"
        placeholder="name@example.com"
        defaultValue={answer?.typed.email ?? ''}
        problem={answer?.problems.email}
      />
      <RoleField id="invite-role" value={answer?.typed.role ?? 'agent'} problem={answer?.problems.role} />
      <button type="submit" className="button" disabled={sending}>
        {sending ? 'Sending…' : 'Send invitation'}
      </button>
    </Form>
  );
}
