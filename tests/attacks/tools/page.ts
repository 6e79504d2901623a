import type { Page } from 'playwright-core';
import type { Stage } from '../stage.ts';

/** In a browser profile of its own, which goes with the work. */
export async function withPage(stage: Stage, work: (page: Page) => Promise<string>): Promise<string> {
  const context = await (await stage.browser()).newContext();
  try {
    return await work(await context.newPage());
  } finally {
    await context.close();
  }
}

/** The widget's frame, if there is one. */
export const panelOf = (page: Page) =>
  page.frames().find((frame) => new URL(frame.url()).pathname === '/widget');
