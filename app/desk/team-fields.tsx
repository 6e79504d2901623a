import type { InputHTMLAttributes } from 'react';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  id: string;
  label: string;
  problem: string | undefined;
  help?: string;
}

/** A labelled input with its problem beside it, said aloud and tied to it. */
export function Field({ id, label, problem, help, ...input }: FieldProps) {
  const described = [problem && `${id}-problem`, help && `${id}-help`].filter(Boolean).join(' ');
  return (
    <div className="team__field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        aria-invalid={problem !== undefined}
        {...(described ? { 'aria-describedby': described } : {})}
        {...input}
      />
      {problem && (
        <p id={`${id}-problem`} className="team__problem" role="alert">
          {problem}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className="team__help">
          {help}
        </p>
      )}
    </div>
  );
}

interface RoleFieldProps {
  id: string;
  value: string;
  problem: string | undefined;
}

export function RoleField({ id, value, problem }: RoleFieldProps) {
  return (
    <div className="team__field">
      <label htmlFor={id}>Role</label>
      <select
        id={id}
        name="role"
        defaultValue={value}
        aria-invalid={problem !== undefined}
        {...(problem ? { 'aria-describedby': `${id}-problem` } : {})}
      >
        <option value="agent">Agent</option>
        <option value="admin">Admin</option>
      </select>
      {problem && (
        <p id={`${id}-problem`} className="team__problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
