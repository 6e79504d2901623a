import { type Browser, chromium } from 'playwright-core';
import { ensureChromium } from './chromium.ts';

/**
 * A headless Chromium with an empty profile that talks to nobody but the page.
 * As root it runs without its sandbox, which refuses root; QUIC is off because it hides the sockets' real ends.
 */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
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
}
