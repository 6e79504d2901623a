import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** A mail as the local `send_email` binding reports it: headers, and files with what it held. */
export interface MailReport {
  /** Lines such as `To: somebody@example.test`. */
  headers: string;
  subject: string;
  textFile: string | null;
  htmlFile: string | null;
  /** The whole message, when the Worker sent it as MIME. */
  rawFile: string | null;
}

/** Reads the log line of Miniflare's mail binding; null for any other line. */
export function parseMailReport(line: string): MailReport | null {
  const text = stripVTControlCharacters(line);
  const [, body] = /send_email binding called with [^\n]*:\n(.*)$/s.exec(text) ?? [];
  if (body === undefined) return null;
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(body)?.[1] ?? null;
  return {
    headers: body.split('\n\n')[0] ?? '',
    subject: field('Subject') ?? 'mail',
    textFile: field('Text'),
    htmlFile: field('HTML'),
    rawFile: field('Email'),
  };
}

/**
 * Writes a mail into `folder`: `<time>-<subject>.txt` with headers and text, beside it the `.html`, or the `.eml`.
 * The binding's own files are temporary and go when the Worker stops.
 * Returns the path of what was written first.
 */
export async function writeMail(folder: string, mail: MailReport, at: Date = new Date()): Promise<string> {
  await mkdir(folder, { recursive: true });
  const subject = mail.subject.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60);
  const base = path.join(folder, `${at.toISOString().replace(/[:.]/g, '-')}-${subject}`);
  if (mail.rawFile) {
    await copyFile(mail.rawFile, `${base}.eml`);
    return `${base}.eml`;
  }
  const text = mail.textFile ? await readFile(mail.textFile, 'utf8') : '';
  await writeFile(`${base}.txt`, `${mail.headers}\nDate: ${at.toISOString()}\n\n${text}\n`);
  if (mail.htmlFile) await copyFile(mail.htmlFile, `${base}.html`);
  return `${base}.txt`;
}
