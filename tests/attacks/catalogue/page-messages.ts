import type { Browser } from 'playwright-core';
import { Visitor } from '../../browser/people.ts';
import { type Attack, attack } from '../attack.ts';
import { evilSite } from '../tools/evil-site.ts';
import { panelOf, withPage } from '../tools/page.ts';

/** What a page, its loader and the panel say to each other, said by others. */
export const onMessages: readonly Attack[] = [
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
          return events.concat(asked > 0 ? ['token asked for'] : [], said === 0 ? ['nothing was said'] : []);
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
];
