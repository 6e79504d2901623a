import type { MailKind } from './outbox.ts';

/** What a template may speak of. */
export interface MailFacts {
  link: string;
  code: string;
  /** The address to be, in a change of addresses. */
  newAddress: string;
}

interface Template {
  subject: string;
  /** One sentence before the link. */
  lead: (facts: MailFacts) => string;
  /** What the link does; absent where there is only a code. */
  action?: string;
}

const templates: Record<MailKind, Template> = {
  confirmation: {
    subject: 'Confirm your email address',
    lead: () => 'Follow the link to confirm this address and finish signing up.',
    action: 'Confirm email address',
  },
  invite: {
    subject: 'You have been invited',
    lead: () => 'You have been invited to create an account. Follow the link to accept.',
    action: 'Accept the invitation',
  },
  magic_link: {
    subject: 'Your sign-in link',
    lead: () => 'Follow the link to sign in. It works once and expires soon.',
    action: 'Sign in',
  },
  recovery: {
    subject: 'Reset your password',
    lead: () => 'Somebody asked to reset your password. Follow the link to choose a new one.',
    action: 'Reset password',
  },
  email_change: {
    subject: 'Confirm your new email address',
    lead: ({ newAddress }) => `Follow the link to confirm ${newAddress} as your email address.`,
    action: 'Confirm new email address',
  },
  reauthentication: {
    subject: 'Your verification code',
    lead: () => 'Enter this code to show that it is you. It expires soon.',
  },
};

const IGNORE = "If you didn't ask for this, you can ignore this mail.";

/** Subject and both bodies of a mail. Whatever people typed is escaped in the HTML. */
export function renderMail(
  kind: MailKind,
  facts: MailFacts,
): { subject: string; text: string; html: string } {
  const { subject, lead, action } = templates[kind];
  const sentence = lead(facts);
  const text = [
    sentence,
    ...(action ? [`${action}: ${facts.link}`] : []),
    action ? `Or enter this code: ${facts.code}` : facts.code,
    IGNORE,
  ].join('\n\n');
  const button = action ? `<p><a href="${escapeHtml(facts.link)}">${escapeHtml(action)}</a></p>\n` : '';
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body>
<h1>${escapeHtml(subject)}</h1>
<p>${escapeHtml(sentence)}</p>
${button}<p>${action ? 'Or enter this code: ' : ''}<strong>${escapeHtml(facts.code)}</strong></p>
<p>${escapeHtml(IGNORE)}</p>
</body>
</html>
`;
  return { subject, text: `${text}\n`, html };
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}
