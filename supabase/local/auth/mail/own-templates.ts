import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { MailKind } from './outbox.ts';
import { escapeHtml } from './templates.ts';

/**
 * A mail in the project's own words: Supabase's templates, of which `{{ .Name }}` alone is understood here.
 *
 * @param folder with `<kind>.html`
 * @returns the filled page and its first link; null where there is no such file
 */
export async function fillTemplate(
  folder: string | null,
  kind: MailKind,
  facts: Readonly<Record<string, string>>,
): Promise<{ html: string; link: string | null } | null> {
  if (folder === null) return null;
  let template: string;
  try {
    template = await readFile(path.join(folder, `${kind}.html`), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const html = template.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (_, name: string) => escapeHtml(facts[name] ?? ''));
  const href = /href="([^"]*)"/.exec(html)?.[1];
  return { html, link: href?.replaceAll('&amp;', '&') ?? null };
}
