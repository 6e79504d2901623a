import { createHash } from 'node:crypto';
import { escapeHtml } from '../mail/templates.ts';
import { CONSENT_PATH } from './paths.ts';

/** People one can be without typing. */
export const examples = [
  { email: 'gwen.guest@gmail.test', name: 'Gwen Guest' },
  { email: 'wei.lin@gmail.test', name: 'Wei Lin' },
] as const;

export interface ConsentForm {
  redirectUri: string;
  state: string;
  email: string;
  name: string;
  /** A sentence about what is wrong with the form. */
  problem?: string;
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 30rem; margin: 2rem auto; padding: 0 1rem; color: #1f1f1f; background: #fff }
.note { border: 2px solid #8a5a00; background: #fff4dc; padding: .5rem .75rem; border-radius: .25rem }
fieldset { border: 1px solid #767676; border-radius: .25rem; margin: 1rem 0 }
label { display: block; margin: .5rem 0 }
input[type=email], input[type=text] { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; border: 1px solid #767676; border-radius: .25rem }
button { font: inherit; padding: .5rem 1.25rem; border-radius: .25rem; border: 1px solid #0b57d0; background: #fff; color: #0b57d0; cursor: pointer }
button.primary { background: #0b57d0; color: #fff }
:focus-visible { outline: 3px solid #0b57d0; outline-offset: 2px }
[role=alert] { color: #b3261e; font-weight: 600 }
`;

/** No script, nothing from elsewhere, in no frame. `form-action` stays open: the answer leads to the site. */
export const CONSENT_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; frame-ancestors 'none'`;

/** The page that stands for Google's: choose or type an account, then allow or deny. */
export function consentPage(form: ConsentForm): string {
  const choice = (value: string, label: string, checked: boolean) =>
    `<label><input type="radio" name="account" value="${escapeHtml(value)}"${checked ? ' checked' : ''}> ${label}</label>`;
  const known = examples.map(({ email, name }) =>
    choice(email, `${escapeHtml(name)} (${escapeHtml(email)})`, false),
  );
  const problem = form.problem ? `<p role="alert" id="problem">${escapeHtml(form.problem)}</p>` : '';
  const invalid = form.problem ? ' aria-invalid="true" aria-describedby="problem"' : '';
  return page(
    'Sign in with (make-believe) Google',
    `<form method="post" action="${CONSENT_PATH}">
<input type="hidden" name="redirect_uri" value="${escapeHtml(form.redirectUri)}">
<input type="hidden" name="state" value="${escapeHtml(form.state)}">
${problem}
<fieldset>
<legend>Choose an account</legend>
${known.join('\n')}
${choice('', 'Another account:', true)}
<label>Email <input type="email" name="email" value="${escapeHtml(form.email)}" autocomplete="off" maxlength="255"${invalid}></label>
<label>Name <input type="text" name="name" value="${escapeHtml(form.name)}" autocomplete="off" maxlength="100"></label>
<label><input type="checkbox" name="verified" value="yes" checked> Google has verified this address</label>
</fieldset>
<p>WellChina Chat wants to see your name, email address and picture.</p>
<button class="primary" name="decision" value="allow">Allow</button>
<button name="decision" value="deny" formnovalidate>Deny</button>
</form>`,
  );
}

/** A dead end, in words. */
export function problemPage(problem: string): string {
  return page('This sign-in cannot go on', `<p role="alert">${escapeHtml(problem)}</p>`);
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="note"><strong>This is not Google.</strong> It is a stand-in on this machine, for development and tests. Never type a real password here; none is asked for.</p>
${content}
</main>
</body>
</html>
`;
}
