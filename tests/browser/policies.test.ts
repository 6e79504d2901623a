import { readdir, readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { hostPage } from './host-page.ts';
import { Agent, Visitor } from './people.ts';

const backend = inject('backend');
let worker: TestWorker;
let browser: Browser;

beforeAll(async () => {
  [worker, browser] = await Promise.all([startWorker(backend), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await worker.stop();
});

const routes = new URL('../../app/routes/', import.meta.url);

/** The addresses of every page there is a file for, new ones included. */
async function pages(): Promise<string[]> {
  const files = (await readdir(routes)).filter((file) => file.endsWith('.tsx') && !file.includes('$'));
  const sources = await Promise.all(files.map((file) => readFile(new URL(file, routes), 'utf8')));
  return files
    .filter((file, index) => file === 'widget.tsx' || sources[index]?.includes('export default'))
    .map((file) => file.replace(/\.tsx$/u, ''))
    .map((name) =>
      name
        .split('.')
        .filter((part) => part !== '_index' && !/^_/u.test(part))
        .map((part) => part.replace(/_$/u, ''))
        .join('/'),
    )
    .map((path) => `/${path}`)
    .filter((path, index, all) => all.indexOf(path) === index);
}

/** Everything a page complains about: errors, refusals of its policy, files that don't come. */
function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on('pageerror', (error) => found.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content.Security.Policy|hydrat/iu.test(message.text()))
      found.push(`${page.url()}: ${message.text()}`);
  });
  return found;
}

/** The page has come alive: React has taken over what the server sent. */
async function alive(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page.waitForFunction(
    () =>
      Object.keys(document.documentElement).some((key) => key.startsWith('__react')) ||
      !document.querySelector('script[type=module]') ||
      document.getElementById('panel')?.firstChild != null,
  );
}

test('every page lives under its policy: nothing is refused, nothing complains', async () => {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const found = complaints(page);
  const paths = await pages();
  expect(paths).toEqual(expect.arrayContaining(['/', '/pricing', '/agent/login', '/widget']));
  for (const path of paths) {
    await page.goto(worker.url + path);
    await alive(page);
  }
  await page.goto(`${worker.url}/procedures`);
  await page.getByRole('main').getByRole('link').first().click();
  await page.waitForURL('**/procedures/*');
  await page.reload();
  await alive(page);
  expect(found).toEqual([]);
});

test('a conversation from both ends under the policies: desk, panel, reloads, a page within the site', async () => {
  const visitor = await Visitor.arrive(browser, worker.url);
  onTestFinished(() => visitor.leave());
  const support = await Agent.signIn(browser, worker.url, 'admin@wellchina.test', 'wellchina-admin');
  onTestFinished(() => support.leave());
  await visitor.openChat();
  await visitor.write('under a strict policy');
  await support.open('under a strict policy');
  await support.press('Accept');
  await support.write('and back');
  await visitor.sees('and back');
  await support.page.reload();
  await support.sees('and back');
  const widths = await support.page
    .locator('.wc-avatar')
    .evaluateAll((all) => all.map((avatar) => avatar.getBoundingClientRect().width));
  expect(Math.min(...widths)).toBeGreaterThanOrEqual(28);
  for (const path of (await pages()).filter((each) => each.startsWith('/agent'))) {
    await support.page.goto(worker.url + path);
    await alive(support.page);
  }
  expect(visitor.problems).toEqual([]);
  expect(support.problems).toEqual([]);
});

test('a nonce is of one answer only, and an inline script without it does not run', async () => {
  const policies = await Promise.all(
    [1, 2].map(async () => (await fetch(`${worker.url}/`)).headers.get('content-security-policy') ?? ''),
  );
  const nonces = policies.map((policy) => /'nonce-([^']+)'/u.exec(policy)?.[1]);
  expect(nonces[0]).toMatch(/^[\w+/]{22}==$/u);
  expect(nonces[0]).not.toBe(nonces[1]);
  for (const policy of policies) expect(policy).not.toMatch(/unsafe-|\s\*/u);

  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(worker.url);
  await alive(page);
  const ran = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.pwned = 1';
    document.body.appendChild(script);
    const image = document.createElement('img');
    image.setAttribute('onerror', 'window.pwned = 2');
    image.src = '/nowhere.png';
    document.body.appendChild(image);
    await new Promise((resolve) => image.addEventListener('error', resolve, { once: true }));
    return 'pwned' in window;
  });
  expect(ran).toBe(false);
});

test('on a listed website, the strictest there is, the widget has its looks, opens, and is heard; on others, and once taken off the list, browsers refuse', async () => {
  const [host, other] = await Promise.all([hostPage(worker.url, 'shop'), hostPage(worker.url, 'other')]);
  onTestFinished(() => Promise.all([host.close(), other.close()]).then(() => {}));
  const support = await Agent.signIn(browser, worker.url, 'admin@wellchina.test', 'wellchina-admin');
  onTestFinished(() => support.leave());
  expect(await refuses(host.origin)).toBe(true);

  await support.page.getByRole('link', { name: 'Websites' }).click();
  await support.page.getByLabel('Address').fill(`${host.origin}/cart`);
  await support.page.getByRole('button', { name: 'Add website' }).click();
  await support.page
    .getByRole('alert')
    .filter({ hasText: `Did you mean ${host.origin}?` })
    .waitFor();
  await support.page.getByLabel('Address').fill(host.origin);
  await support.page.getByRole('button', { name: 'Add website' }).click();
  await support.page.getByText(`${host.origin} was added.`).waitFor();

  const visitor = await Visitor.arrive(browser, host.origin);
  onTestFinished(() => visitor.leave());
  const bubble = visitor.page.getByRole('button', { name: 'Open chat' });
  await bubble.waitFor();
  expect(
    await bubble.evaluate((button) => {
      const { position, width, borderRadius } = getComputedStyle(button);
      return { position, width, borderRadius };
    }),
  ).toEqual({ position: 'fixed', width: '60px', borderRadius: '50%' });
  await visitor.openChat();
  await visitor.write('from the strictest shop');
  await visitor.sees('from the strictest shop');
  expect(visitor.problems).toEqual([]);

  expect(await refuses(other.origin)).toBe(true);
  await support.page.getByRole('button', { name: `Remove ${host.origin}` }).click();
  await support.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await support.page.getByText(`${host.origin} was removed.`).waitFor();
  expect(await refuses(host.origin)).toBe(true);
});

/** Whether a browser refuses to show the panel on this website. */
async function refuses(site: string): Promise<boolean> {
  const visitor = await Visitor.arrive(browser, site);
  try {
    await visitor.page.getByRole('button', { name: 'Open chat' }).click();
    await visitor.page.frameLocator('iframe').locator('html').waitFor({ state: 'attached' });
    await visitor.page.waitForFunction(
      () => document.querySelector('wellchina-chat')?.shadowRoot?.querySelector('iframe') != null,
    );
    const frame = () => visitor.page.frames()[1]?.url() ?? '';
    await expect.poll(frame).toMatch(/^chrome-error:|\/widget\?/u);
    return frame().startsWith('chrome-error:');
  } finally {
    await visitor.leave();
  }
}
