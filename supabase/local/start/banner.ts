import { styleText } from 'node:util';
import { seededAccounts } from '../seed.ts';
import type { Running } from './running.ts';

/** What people need once everything runs: addresses and, on a seeded project, who can sign in. */
export function banner(running: Running, seeded: boolean): string {
  const row = (name: string, value: string) => `  ${name.padEnd(8)} ${value}`;
  const lines = [
    '',
    row('Site', styleText('bold', running.site)),
    row('Desk', styleText('bold', running.desk)),
    row('Mails', running.mailDir),
    row('Database', running.databaseUrl.replace(/:\/\/([^:@/]+):[^@]*@/, '://$1:…@')),
    '',
  ];
  if (seeded) {
    const width = Math.max(...seededAccounts.map((account) => account.email.length));
    for (const { email, password, name, desk } of seededAccounts) {
      lines.push(`  ${email.padEnd(width)}  ${password.padEnd(18)} ${name}${desk ? '' : ' (visitor)'}`);
    }
    lines.push('');
  }
  lines.push(styleText('dim', '  Edits to app and workers are live in seconds. Ctrl-C ends everything.'), '');
  return lines.join('\n');
}
