import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { violationsIn } from '../support/axe.ts';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const MAGNIFIED = { width: 320, height: 640 };
const LOOKS = [
  { name: 'light-desktop', colorScheme: 'light', viewport: DESKTOP },
  { name: 'light-phone', colorScheme: 'light', viewport: PHONE },
  { name: 'dark-phone', colorScheme: 'dark', viewport: PHONE },
  { name: 'dark-desktop', colorScheme: 'dark', viewport: DESKTOP },
] as const;
type LookName = (typeof LOOKS)[number]['name'];

/** Every width and every colour once; `EVERY_LOOK=1` takes all four. The panel is as wide on a phone as it is anywhere. */
const USUAL: Readonly<Record<'page' | 'panel', readonly LookName[]>> = {
  page: ['light-desktop', 'dark-phone'],
  panel: ['light-phone', 'dark-phone'],
};

/** `SCREENSHOTS=<folder> npm test -- browser tests/browser/accessibility`: every screen in every look, for eyes. */
const pictures = process.env.SCREENSHOTS;
const everyLook = Boolean(process.env.EVERY_LOOK ?? pictures);

/** A browser profile whose pages stand still: a colour on its way to another has the contrast of neither. */
export function calmContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce' });
}

/** Looks at screens in light, wide and on a phone, and in dark, and remembers what is wrong with them. */
export class Inspector {
  readonly findings: string[] = [];

  /** @param only the widget's panel, when the page around it has been looked at */
  async look(page: Page, name: string, only: 'page' | 'panel' = 'page'): Promise<void> {
    for (const look of LOOKS) {
      if (!everyLook && !USUAL[only].includes(look.name)) continue;
      await page.setViewportSize(look.viewport);
      await page.emulateMedia({ colorScheme: look.colorScheme });
      const frame = only === 'panel' ? panelOf(page) : page.mainFrame();
      await settled(page);
      for (const violation of await violationsIn(frame, look.colorScheme === 'light' ? 'all' : 'colours')) {
        this.findings.push(`${name}, ${look.name}: ${violation}`);
      }
      if (pictures) {
        await mkdir(pictures, { recursive: true });
        await page.screenshot({
          path: path.join(pictures, `${name.replaceAll(' ', '-')}.${look.name}.png`),
          fullPage: only === 'page',
        });
      }
    }
    // At 400 % of a screen of 1280 pixels everything still is in one column.
    await page.setViewportSize(MAGNIFIED);
    const frame = only === 'panel' ? panelOf(page) : page.mainFrame();
    if (await frame.evaluate(SCROLLS_SIDEWAYS)) this.findings.push(`${name}: scrolls sideways at 320 pixels`);
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ colorScheme: 'light' });
  }
}

const SCROLLS_SIDEWAYS = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

/** The widget's frame. */
export function panelOf(page: Page): Frame {
  const panel = page.frames().find((frame) => frame.url().includes('/widget?'));
  if (!panel) throw new Error('There is no panel on this page.');
  return panel;
}

/** Another size and other colours are there when they have been drawn. */
async function settled(page: Page): Promise<void> {
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
}
