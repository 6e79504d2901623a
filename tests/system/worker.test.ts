import { expect, inject, onTestFinished, test } from 'vitest';
import { startWorker } from '../support/worker.ts';

async function started() {
  const worker = await startWorker(inject('backend'));
  onTestFinished(() => worker.stop());
  return worker;
}

const status = (url: string) => fetch(url).then((answer) => answer.status);

test('the built Worker is healthy, and two run side by side', async () => {
  const [one, two] = await Promise.all([started(), started()]);
  expect(one.url).not.toBe(two.url);
  expect(one.pid).not.toBe(two.pid);
  expect(await status(`${one.url}/healthz`)).toBe(200);
  expect(await status(`${two.url}/healthz`)).toBe(200);
});

test('a killed workerd is gone until it is started again, on the same port', async () => {
  const worker = await started();
  const before = worker.pid;
  await worker.kill();
  expect(worker.pid).toBe(-1);
  await expect(status(`${worker.url}/healthz`)).rejects.toThrow();

  await worker.restart();

  expect(worker.pid).not.toBe(before);
  expect(await status(`${worker.url}/healthz`)).toBe(200);
});

test('pages and their static files come from one address', async () => {
  const { url } = await started();
  const page = await (await fetch(url)).text();
  const [asset] = /\/assets\/[^"]+\.js/.exec(page) ?? [];
  if (!asset) throw new Error('the page names no script');
  const answer = await fetch(`${url}${asset}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('Content-Type')).toContain('javascript');
});
