import { Form } from '@remix-run/react';
import type { Profile } from '../../../workers/store/profiles.ts';
import { Field } from './auth-card.tsx';
import { texts } from './texts.ts';

/** Languages somebody may be spoken to in, each in its own. */
const LANGUAGES = [
  ['en', 'English'],
  ['zh', '中文'],
  ['ja', '日本語'],
  ['ko', '한국어'],
  ['ru', 'Русский'],
  ['ar', 'العربية'],
  ['fr', 'Français'],
  ['es', 'Español'],
] as const;

/** What a person tells of themselves; all but the name may stay empty. */
export function ProfileForm({
  profile,
  refused,
}: {
  /** As it is stored, or as it was typed and not taken. */
  profile: { [Key in Exclude<keyof Profile, 'email'>]: string | number | null };
  /** Fields whose content was not taken. */
  refused: Readonly<Record<string, true>>;
}) {
  const problem = (name: string, text: string) => (refused[name] ? text : undefined);
  return (
    <Form method="post" action="/account" reloadDocument className="stack">
      <input type="hidden" name="intent" value="profile" />
      <Field
        scope="profile"
        name="fullName"
        label={texts.name}
        autoComplete="name"
        maxLength={80}
        required
        defaultValue={profile.fullName ?? ''}
        problem={problem('fullName', 'Please tell us your name.')}
      />
      <Field
        scope="profile"
        name="phone"
        label="Telephone"
        type="tel"
        autoComplete="tel"
        maxLength={40}
        defaultValue={profile.phone ?? ''}
        hint="With the country’s code, for instance +86 21 5550 0140."
        problem={problem('phone', 'That is no telephone number.')}
      />
      <div className="stack__pair">
        <Field
          scope="profile"
          name="age"
          label="Age"
          type="number"
          inputMode="numeric"
          min={0}
          max={130}
          defaultValue={profile.age ?? ''}
          problem={problem('age', 'A number from 0 to 130.')}
        />
        <Field
          scope="profile"
          name="nationality"
          label="Nationality"
          autoComplete="country-name"
          maxLength={80}
          defaultValue={profile.nationality ?? ''}
          problem={problem('nationality', 'At most 80 characters.')}
        />
      </div>
      <div className="field">
        <label htmlFor="profile-locale">Language you prefer</label>
        <select id="profile-locale" name="locale" defaultValue={profile.locale ?? ''}>
          <option value="">No preference</option>
          {LANGUAGES.map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" className="button">
        Save
      </button>
    </Form>
  );
}
