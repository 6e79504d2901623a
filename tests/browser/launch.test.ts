import { expect, inject, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startWorker } from '../support/worker.ts';

test('the site opens in a browser without an error', async () => {
  const worker = await startWorker(inject('backend'));
  onTestFinished(() => worker.stop());
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));

  const answer = await page.goto(worker.url, { waitUntil: 'networkidle' });

  expect(answer?.status()).toBe(200);
  expect(await page.title()).toContain('WellChina');
  expect(errors).toEqual([]);
});
