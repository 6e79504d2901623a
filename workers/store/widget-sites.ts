import { asc, eq, sql } from 'drizzle-orm';
import { widgetSites } from '../../drizzle/schema/index.ts';
import type { Transaction } from './database.ts';

/** A website that may carry the chat, as the admins' page shows it. */
export interface WidgetSite {
  id: string;
  origin: string;
  label: string;
  /** ISO 8601. */
  createdAt: string;
}

/** The list goes into a header of every widget document, and headers have an end. */
export const MAX_WIDGET_SITES = 100;

/** Every listed origin. */
export async function widgetOrigins(tx: Transaction): Promise<string[]> {
  const rows = await tx
    .select({ origin: widgetSites.origin })
    .from(widgetSites)
    .orderBy(asc(widgetSites.origin))
    .limit(MAX_WIDGET_SITES);
  return rows.map(({ origin }) => origin);
}

/** The sites the transaction's person may see: all of them for an admin, none for anybody else. */
export async function listWidgetSites(tx: Transaction): Promise<WidgetSite[]> {
  const { id, origin, label, createdAt } = widgetSites;
  const rows = await tx
    .select({ id, origin, label, createdAt })
    .from(widgetSites)
    .orderBy(asc(widgetSites.origin));
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}

/** Lists a site. `known`: it is there already. `full`: no header takes more. */
export async function addWidgetSite(
  tx: Transaction,
  site: { origin: string; label: string; by: string },
): Promise<'added' | 'known' | 'full'> {
  // Two admins at once must not both see one place left.
  await tx.execute(sql`lock table public.widget_sites in share row exclusive mode`);
  const [known] = await tx.select().from(widgetSites).where(eq(widgetSites.origin, site.origin));
  if (known) return 'known';
  if ((await tx.$count(widgetSites)) >= MAX_WIDGET_SITES) return 'full';
  await tx.insert(widgetSites).values({ origin: site.origin, label: site.label, createdBy: site.by });
  return 'added';
}

/** Takes a site off the list; one that isn't on it is gone as well. */
export async function removeWidgetSite(tx: Transaction, id: string): Promise<void> {
  await tx.delete(widgetSites).where(eq(widgetSites.id, id));
}
