import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const Secrets = z.object({ TICKET_SECRET: z.string().min(32) });
export type Secrets = z.infer<typeof Secrets>;

/** The Worker's own secrets, made at the first start: tickets must open sockets after a restart, too. */
export async function ensureSecrets(folder: string): Promise<Secrets> {
  const file = path.join(folder, 'secrets.json');
  try {
    return Secrets.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    const secrets = { TICKET_SECRET: randomBytes(32).toString('hex') };
    await writeFile(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    return secrets;
  }
}
