import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseMailReport, writeMail } from './mail.ts';

const report = (text: string, html: string) =>
  `\u001b[34msend_email binding called with MessageBuilder:\u001b[39m
From: care@wellchina.test
To: guest@example.test
Subject: Your chat: what we said

Text: ${text}
HTML: ${html}`;

test('other log lines are not taken for mails', () => {
  expect(parseMailReport('Ready on http://127.0.0.1:8787')).toBeNull();
});

test('a mail outlives the temporary files it came in', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mail-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const text = path.join(folder, 'a.txt');
  const html = path.join(folder, 'a.html');
  await writeFile(text, 'Hello');
  await writeFile(html, '<p>Hello</p>');
  const mail = parseMailReport(report(text, html));
  if (!mail) throw new Error('not read as a mail');

  const out = path.join(folder, 'mail');
  const file = await writeMail(out, mail, new Date('2026-11-22T10:00:00Z'));

  await rm(text);
  expect(path.basename(file)).toBe('2026-11-22T10-00-00-000Z-Your-chat-what-we-said.txt');
  expect(await readFile(file, 'utf8')).toContain('To: guest@example.test');
  expect(await readFile(file, 'utf8')).toContain('Hello');
  expect((await readdir(out)).filter((name) => name.endsWith('.html'))).toHaveLength(1);
});
