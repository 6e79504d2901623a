import type { Page } from 'playwright-core';
import { type Attack, attack, each } from '../attack.ts';
import { evilSite } from '../tools/evil-site.ts';
import { withPage } from '../tools/page.ts';

/** Where a page's one frame, or the one within it, has come to, once it is anywhere. */
async function frameIn(page: Page, depth = 1): Promise<string> {
  const deadline = Date.now() + 8_000;
  const url = () => page.frames()[depth]?.url() ?? '';
  while (['', 'about:blank'].includes(url()) && Date.now() < deadline) await page.waitForTimeout(50);
  return url();
}

/** What only the policy of a page keeps away: frames of ours elsewhere, code of others here. */
export const onPolicies: readonly Attack[] = [
  attack('the desk in a frame on another site', 'refused by the browser', async (stage) => {
    const evil = await evilSite();
    try {
      return await withPage(stage, async (page) =>
        each(['/agent', '/agent/login', '/', '/agent/conversations/x'], async (path) => {
          evil.serve(`<iframe src="${stage.worker.url}${path}"></iframe>`);
          await page.goto(evil.url);
          await page.waitForFunction(() => document.readyState === 'complete');
          const framed = await frameIn(page);
          return framed.startsWith('chrome-error:') ? 'refused by the browser' : `framed: ${framed}`;
        }),
      );
    } finally {
      await evil.close();
    }
  }),
  attack('the chat in a frame on a website that is not listed', 'refused by the browser', async (stage) => {
    const evil = await evilSite();
    // Not plain localhost, which a Worker on this machine lets in for development.
    const url = evil.url.replace('localhost', 'evil.localhost');
    try {
      return await withPage(stage, async (page) =>
        each(['/widget', `/widget?origin=${encodeURIComponent(stage.worker.url)}`], async (path) => {
          evil.serve(`<iframe src="${stage.worker.url}${path}"></iframe>`);
          await page.goto(url);
          const framed = await frameIn(page);
          return framed.startsWith('chrome-error:') ? 'refused by the browser' : `framed: ${framed}`;
        }),
      );
    } finally {
      await evil.close();
    }
  }),
  attack(
    'the chat on a website that may have it, itself in a frame on one that may not',
    'shown on its own; in the frame refused by the browser',
    async (stage) => {
      const [listed, evil] = [await evilSite(), await evilSite()];
      listed.serve(`<iframe src="${stage.worker.url}/widget"></iframe>`);
      evil.serve(`<iframe src="${listed.url}"></iframe>`);
      try {
        return await withPage(stage, async (page) => {
          await page.goto(listed.url);
          const alone = await frameIn(page);
          await page.goto(evil.url.replace('localhost', 'evil.localhost'));
          const nested = await frameIn(page, 2);
          return [
            alone.startsWith(stage.worker.url) ? 'shown on its own' : `not shown: ${alone}`,
            nested.startsWith('chrome-error:') ? 'in the frame refused by the browser' : `framed: ${nested}`,
          ].join('; ');
        });
      } finally {
        await Promise.all([listed.close(), evil.close()]);
      }
    },
  ),
  attack(
    'code in a page where somebody could write: scripts without a nonce, handlers, styles, a base, a form elsewhere',
    'the policy refuses every one',
    (stage) =>
      withPage(stage, async (page) =>
        each(['/', '/agent/login', '/widget'], async (path) => {
          await page.goto(stage.worker.url + path);
          return page.evaluate(async () => {
            const refused: string[] = [];
            document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
              refused.push(effectiveDirective),
            );
            const add = (html: string) => {
              const holder = document.createElement('div');
              holder.innerHTML = html;
              for (const element of [...holder.children]) document.body.appendChild(element);
            };
            add(
              '<img src="data:," onerror="window.pwned=1"><p style="color:red">x</p><style>p{color:red}</style>',
            );
            add('<base href="https://evil.example/"><object data="https://evil.example/x"></object>');
            add('<iframe src="https://evil.example/"></iframe>');
            for (const src of ['', 'https://evil.example/x.js', 'data:text/javascript,window.pwned=1']) {
              const script = document.createElement('script');
              if (src) script.src = src;
              else script.textContent = 'window.pwned=1';
              document.body.appendChild(script);
            }
            const form = document.createElement('form');
            form.action = 'https://evil.example/';
            form.method = 'post';
            document.body.appendChild(form);
            form.submit();
            await fetch('https://evil.example/').catch(() => {});
            const expected = ['base-uri', 'connect-src', 'form-action', 'frame-src', 'object-src'].concat([
              'script-src-attr',
              'script-src-elem',
              'style-src-attr',
              'style-src-elem',
            ]);
            const notRefused = () => expected.filter((directive) => !refused.includes(directive));
            // Each is reported in its own time.
            const deadline = Date.now() + 8_000;
            while (notRefused().length > 0 && Date.now() < deadline)
              await new Promise((resolve) => setTimeout(resolve, 50));
            const missing = notRefused();
            if ('pwned' in window) missing.push('code ran');
            return missing.length === 0 ? 'the policy refuses every one' : `not refused: ${missing.join()}`;
          });
        }),
      ),
  ),
];
