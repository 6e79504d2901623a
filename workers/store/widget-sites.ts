import { asc, eq, sql } from 'drizzle-orm';
import { widgetSites } from '../../drizzle/schema/index.ts';
import { type Asker, adminActor } from './asker.ts';
import { noteAct } from './audit.ts';
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

/** Lists a site, and notes who did. `known`: it is there already. `full`: no header takes more. */
export async function addWidgetSite(
  tx: Transaction,
  asker: Asker,
  { origin, label }: Pick<WidgetSite, 'origin' | 'label'>,
): Promise<'added' | 'known' | 'full' | 'forbidden'> {
  const actor = await adminActor(tx, asker);
  if (!actor) return 'forbidden';
  // Two admins at once must not both see one place left.
  await tx.execute(sql`lock table public.widget_sites in share row exclusive mode`);
  const [known] = await tx.select().from(widgetSites).where(eq(widgetSites.origin, origin));
  if (known) return 'known';
  if ((await tx.$count(widgetSites)) >= MAX_WIDGET_SITES) return 'full';
  await tx.insert(widgetSites).values({ origin, label, createdBy: asker.id });
  await noteAct(tx, { action: 'site_added', actor, site: origin });
  return 'added';
}

/** Takes a site off the list, and notes who did; one that isn't on it is gone as well. */
export async function removeWidgetSite(
  tx: Transaction,
  asker: Asker,
  id: string,
): Promise<'removed' | 'forbidden'> {
  const actor = await adminActor(tx, asker);
  if (!actor) return 'forbidden';
  const [row] = await tx
    .delete(widgetSites)
    .where(eq(widgetSites.id, id))
    .returning({ origin: widgetSites.origin });
  if (row) await noteAct(tx, { action: 'site_removed', actor, site: row.origin });
  return 'removed';
}
