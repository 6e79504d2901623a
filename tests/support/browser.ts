import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { ensureChromium } from './chromium.ts';

/** What React had to say about pages it could not hydrate, in any browser of this process: see `no-redrawn-pages.ts`. */
export const failuresToHydrate: string[] = [];

/**
 * A headless Chromium with an empty profile that talks to nobody but the page.
 * As root it runs without its sandbox, which refuses root; QUIC is off because it hides the sockets' real ends.
 */
export async function launchBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    headless: true,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(process.getuid?.() === 0 ? ['--no-sandbox', '--disable-dev-shm-usage'] : []),
    ],
  });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => watched(await newContext(options));
  return browser;
}

/** `entry.client.tsx` reports it; what React throws for good comes as an error of the page. */
function watched(context: BrowserContext): BrowserContext {
  const note = (text: string) => {
    if (/could not be hydrated|Minified React error/u.test(text)) failuresToHydrate.push(text);
  };
  context.on('console', (message) => message.type() === 'error' && note(message.text()));
  context.on('weberror', (error) => note(error.error().message));
  return context;
}
