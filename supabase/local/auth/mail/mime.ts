import { createHash } from 'node:crypto';
import type { Mail } from './outbox.ts';

/** The mail as RFC 5322 has it: plain text and HTML as alternatives, base64, so that any program shows it. */
export function mimeMessage(mail: Mail): string {
  const boundary = createHash('sha256')
    .update(mail.text + mail.html)
    .digest('hex')
    .slice(0, 32);
  const part = (type: string, body: string) => [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    ...(Buffer.from(body)
      .toString('base64')
      .match(/.{1,76}/g) ?? []),
  ];
  return [
    `From: ${mail.from}`,
    `To: ${header(mail.to)}`,
    `Subject: ${encodedWord(mail.subject)}`,
    `Date: ${new Date(mail.at).toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...part('text/plain', mail.text),
    ...part('text/html', mail.html),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

/** No line break gets into a header, whoever's words it is made of. */
const header = (text: string) => text.replace(/[\r\n]+/g, ' ');

function encodedWord(text: string): string {
  const clean = header(text);
  return /^[\x20-\x7e]*$/.test(clean) ? clean : `=?utf-8?B?${Buffer.from(clean).toString('base64')}?=`;
}
