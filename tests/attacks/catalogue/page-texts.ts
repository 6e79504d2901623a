import type { Frame, Page } from 'playwright-core';
import { Agent, Visitor } from '../../browser/people.ts';
import { type Attack, attack, each } from '../attack.ts';
import { CANARY } from '../stage.ts';
import { panelOf, withPage } from '../tools/page.ts';

/** Texts that would do something if a message were anything but text. */
const HOSTILE = [
  `<img src=x onerror="window.pwned=1"> ${CANARY}`,
  '<script>window.pwned=1</script><svg onload=window.pwned=1><iframe srcdoc="<script>parent.pwned=1</script>">',
  '[click](javascript:window.pwned=1) javascript:window.pwned=1 JaVaScRiPt://%0awindow.pwned=1 http://javascript:window.pwned=1',
  'data:text/html,<script>window.pwned=1</script> vbscript:x https://wellchina.com@evil.test/ http://evil.test/"onmouseover="window.pwned=1',
  '{{constructor.constructor("window.pwned=1")()}} &lt;img src=x onerror=window.pwned=1&gt;',
  '\u202etxet desrever\u202c \u2066isolated\u2069',
];

/** Texts that take long where something reads them as markup. */
const BOMBS = [
  `${'*_~`['.repeat(790)} bomb one`,
  `http://a${').'.repeat(1_980)} bomb two`,
  `http://a${'.'.repeat(1_970)}${')'.repeat(1_970)} bomb two and a half`,
  `${'>'.repeat(1_500)}${'['.repeat(1_200)}${'('.repeat(1_200)} bomb three`,
];

/** What a page holds that no message may make: code that ran, elements, addresses with a scheme of their own. */
async function harmIn(frame: Page | Frame): Promise<string[]> {
  return frame.evaluate(() => {
    const found: string[] = [];
    if ('pwned' in window) found.push('code ran');
    const made = document.querySelectorAll(
      '.wc-text img, .wc-text script, .wc-text svg, .wc-text iframe, .wc-text [onmouseover], .wc-text [style]',
    );
    if (made.length > 0) found.push(`${made.length} elements made`);
    for (const { href, textContent } of document.querySelectorAll('a')) {
      // The site's own contact page may name an address.
      if (!/^(?:https?|mailto|tel):/u.test(href)) found.push(`a link to ${href}`);
      if (/^https?:.*@/u.test(href)) found.push(`${textContent} leads to ${href}`);
    }
    return found;
  });
}

/** Code where a text belongs: in messages, in what is said about a conversation, in addresses. */
export const onTexts: readonly Attack[] = [
  attack(
    '<img onerror>, <script>, javascript: and data: links, templates, markdown bombs as messages',
    'shown as text in widget and desk; nothing ran, no link but http(s); every text in time',
    async (stage) => {
      const visitor = await Visitor.arrive(await stage.browser(), stage.worker.url);
      const { email, password } = await stage.account({ agent: {} });
      const support = await Agent.signIn(await stage.browser(), stage.worker.url, email, password);
      try {
        await visitor.openChat();
        const began = Date.now();
        for (const text of [...HOSTILE, ...BOMBS]) {
          await visitor.write(text);
          await visitor.panel.locator('.wc-row').last().waitFor();
        }
        await visitor.sees('bomb three');
        await support.page.getByRole('link').filter({ hasText: 'bomb three' }).first().click();
        await support.sees('bomb three');
        await support.press('Accept');
        await support.write(HOSTILE[0] ?? '');
        await visitor.panel
          .getByText(HOSTILE[0] ?? '')
          .nth(1)
          .waitFor();
        const seconds = (Date.now() - began) / 1000;
        const panel = panelOf(visitor.page);
        if (!panel) return 'no panel';
        const harm = [
          ...(await harmIn(panel)),
          ...(await harmIn(visitor.page)),
          ...(await harmIn(support.page)),
        ];
        for (const [where, log] of [
          ['widget', visitor.log],
          ['desk', support.log],
        ] as const) {
          const shown = await log.textContent();
          for (const text of HOSTILE) if (!shown?.includes(text)) harm.push(`${where} lacks ${text}`);
        }
        if (seconds > 15) harm.push(`it took ${seconds} s`);
        return harm.length === 0
          ? 'shown as text in widget and desk; nothing ran, no link but http(s); every text in time'
          : harm.join(' | ');
      } finally {
        await visitor.leave();
        await support.leave();
      }
    },
  ),
  attack(
    'the same as subject, page, procedure, saved items and name: the desk’s lists and side panel',
    'nothing ran',
    async (stage) => {
      const { email, password } = await stage.account({ agent: {} });
      const guest = await stage.guest();
      const nasty = '<img src=x onerror="window.pwned=1">';
      const token = await stage.forge.real(
        stage.forge.claims(guest.id, { user_metadata: { full_name: nasty } }),
      );
      const names = [nasty, '"><script>window.pwned=1</script>', 'javascript:window.pwned=1'];
      const context = {
        subject: nasty,
        page: names[2],
        procedure: nasty,
        hospital: nasty,
        hospitals: names,
        city: nasty,
        region: nasty,
        locale: '<svg onload=window.pwned=1>',
        saved: { plans: names, procedures: names, hospitals: names, cities: names },
      };
      const reply = await stage.http('POST', '/api/conversations', {
        token,
        body: { context, firstMessage: { id: crypto.randomUUID(), text: nasty } },
      });
      const { id } = JSON.parse(reply.text).conversation;
      const support = await Agent.signIn(await stage.browser(), stage.worker.url, email, password);
      try {
        await support.page.goto(`${stage.worker.url}/agent/conversations/${id}`);
        await support.sees(nasty);
        await support.page.reload();
        await support.sees(nasty);
        const harm = await harmIn(support.page);
        return harm.length === 0 ? 'nothing ran' : harm.join(' | ');
      } finally {
        await support.leave();
      }
    },
  ),
  attack('code in the site’s own addresses: query, path, fragment', 'nothing ran', (stage) =>
    withPage(stage, async (page) =>
      each(
        [
          '/?q=</script><script>window.pwned=1</script>',
          '/procedures/%3Cimg%20src=x%20onerror=window.pwned=1%3E',
          '/pricing?plan=%22%3E%3Cscript%3Ewindow.pwned=1%3C/script%3E',
          '/compare?items=%3Csvg%20onload=window.pwned=1%3E&hospitals=%3C/script%3E%3Cscript%3Ewindow.pwned=1%3C/script%3E',
          '/contact#<img src=x onerror=window.pwned=1>',
          '/nowhere/<script>window.pwned=1</script>',
          '/agent/login?next="><script>window.pwned=1</script>',
          '/widget?origin=javascript:window.pwned=1',
          '/widget?origin=https://x"><script>window.pwned=1</script>',
        ],
        async (path) => {
          await page.goto(stage.worker.url + path);
          const harm = await harmIn(page);
          return harm.length === 0 ? 'nothing ran' : harm.join();
        },
      ),
    ),
  ),
];
