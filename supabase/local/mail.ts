import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Mail, MailKind } from './auth/mail/outbox.ts';

/** Auth's mails in the mail folder, oldest first; only those to `to`, or of one kind, when that is asked. */
export async function readMails(
  mailDir: string,
  filter: { to?: string; kind?: MailKind } = {},
): Promise<Mail[]> {
  const names = (await readdir(mailDir)).filter((name) => name.includes('-auth-') && name.endsWith('.json'));
  const mails = await Promise.all(
    names.sort().map(async (name) => JSON.parse(await readFile(path.join(mailDir, name), 'utf8')) as Mail),
  );
  return mails.filter(
    (mail) =>
      (filter.to === undefined || mail.to === filter.to.toLowerCase()) &&
      (filter.kind === undefined || mail.kind === filter.kind),
  );
}

/** The newest mail to an address. Throws when there is none: by the time a call is answered, its mail is there. */
export async function lastMail(mailDir: string, to: string, kind?: MailKind): Promise<Mail> {
  const mail = (await readMails(mailDir, { to, ...(kind ? { kind } : {}) })).at(-1);
  if (!mail) throw new Error(`No mail${kind ? ` of the kind ${kind}` : ''} to ${to}.`);
  return mail;
}
