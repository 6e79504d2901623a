import { Agent } from '../../browser/people.ts';
import { type Attack, attack } from '../attack.ts';
import { evilSite } from '../tools/evil-site.ts';

/** Another site that is open in a browser with an agent’s cookies. */
export const onCookies: readonly Attack[] = [
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
];
