import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type Siteverify, startSiteverify } from '../support/siteverify.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { Visitor } from './people.ts';

const backend = inject('backend');
let worker: TestWorker;
let browser: Browser;
let siteverify: Siteverify;

beforeAll(async () => {
  siteverify = await startSiteverify();
  const vars = {
    TURNSTILE_SITE_KEY: 'site-key',
    TURNSTILE_SECRET: 'secret',
    TURNSTILE_VERIFY_URL: siteverify.url,
  };
  [worker, browser] = await Promise.all([startWorker({ ...backend, vars }), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await worker.stop();
  await siteverify.close();
});

/** Turnstile's script as far as the panel knows it: a frame of theirs, and a token for the right key. */
const SCRIPT = `window.turnstile = {
  render(place, options) {
    const frame = document.createElement('iframe');
    frame.src = 'https://challenges.cloudflare.com/frame';
    place.appendChild(frame);
    frame.onload = () => options.callback((options.sitekey === 'site-key' ? 'good-' : 'bad-') + crypto.randomUUID());
    return 'one';
  },
  remove() {},
};`;

test('a new guest is asked at the first keystroke, nobody who is known; the text arrives, the policy is kept', async () => {
  const context = await browser.newContext();
  const asked: string[] = [];
  await context.route('https://challenges.cloudflare.com/**', (route) => {
    asked.push(new URL(route.request().url()).pathname);
    return route.fulfill(
      route.request().resourceType() === 'script'
        ? { contentType: 'text/javascript', body: SCRIPT }
        : { contentType: 'text/html', body: 'a box to tick' },
    );
  });
  const visitor = await Visitor.on(context, worker.url);
  onTestFinished(() => visitor.leave());
  await visitor.openChat();
  expect(asked).toEqual([]);
  await visitor.write('I am a person');
  await visitor.sees('I am a person');
  await expect.poll(() => visitor.panel.locator('[data-status=sent]').count()).toBe(1);
  expect(asked).toEqual(['/turnstile/v0/api.js', '/frame']);

  await visitor.page.reload();
  await visitor.sees('I am a person');
  expect(asked).toHaveLength(2);
  // The refusal that says whom to ask is all that a console may show.
  expect(visitor.problems.filter((problem) => !problem.includes('403'))).toEqual([]);
});

test('where Turnstile is blocked, there is a sentence and the text stays', async () => {
  const context = await browser.newContext();
  await context.route('https://challenges.cloudflare.com/**', (route) => route.abort());
  const visitor = await Visitor.on(context, worker.url);
  onTestFinished(() => visitor.leave());
  await visitor.openChat();
  await visitor.write('still here');
  await visitor.panel.getByRole('alert').filter({ hasText: 'confirm that you’re a person' }).waitFor();
  expect(await visitor.composer.inputValue()).toBe('still here');
});
