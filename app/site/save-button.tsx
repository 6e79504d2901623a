import { type SavedKind, useSavedItems } from './saved-items.ts';

/** Keeps a procedure, hospital or plan for later; what is kept also goes with a chat. */
export function SaveButton({ kind, name }: { kind: SavedKind; name: string }) {
  const { saved, toggle } = useSavedItems();
  const pressed = saved[kind]?.includes(name) ?? false;
  return (
    <button
      type="button"
      className="save"
      aria-pressed={pressed}
      aria-label={`Save ${name}`}
      onClick={() => toggle(kind, name)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M6.5 4h11v16L12 15.8 6.5 20z" />
      </svg>
      <span aria-hidden="true">{pressed ? 'Saved' : 'Save'}</span>
    </button>
  );
}
