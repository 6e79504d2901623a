import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '../../whole-file.ts';
import { mimeMessage } from './mime.ts';

export type MailKind =
  | 'confirmation'
  | 'invite'
  | 'magic_link'
  | 'recovery'
  | 'email_change'
  | 'reauthentication';

/** A mail as it lies in the folder, `<name>.json`. */
export interface Mail {
  kind: MailKind;
  /** ISO 8601, by the settings' clock. */
  at: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** What the person clicks; absent where the mail has only a code. */
  link?: string;
  /** What `verifyOtp({token})` takes. */
  token: string;
  /** What `verifyOtp({token_hash})` takes; absent where there is no link. */
  tokenHash?: string;
  /** Where the link leads in the end. */
  redirectTo?: string;
}

/**
 * The mail folder. Every mail is two files: `.eml`, which a mail program opens, and `.json` for programs and tests.
 * The `.json` appears last and whole, so whoever sees it may read both. Names sort by time.
 */
export class Outbox {
  readonly #folder: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns the path of the `.eml`. Throws what the file system throws. */
  async put(mail: Mail): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    const base = path.join(this.#folder, this.#name(mail));
    await writeWhole(`${base}.eml`, mimeMessage(mail), { mode: 0o600 });
    await writeWhole(`${base}.json`, `${JSON.stringify(mail, null, 2)}\n`, { mode: 0o600 });
    return `${base}.eml`;
  }

  #name(mail: Mail): string {
    const time = mail.at.replace(/[:.]/g, '-');
    const count = String(++this.#count).padStart(4, '0');
    return `${time}-${process.pid}-${count}-auth-${mail.kind}`;
  }
}
