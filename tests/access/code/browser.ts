import type { CodeMutant } from './mutant.ts';

export const browser: readonly CodeMutant[] = [
  {
    check: 'links lead where they say',
    edits: [
      { file: 'app/components/links.ts', from: '&& !username ? href', to: '&& username !== href ? href' },
    ],
    unit: 'app/components/links.test.ts',
  },
  {
    check: 'links are http and https',
    edits: [
      { file: 'app/components/links.ts', from: '/\\bhttps?:\\/\\/[^', to: '/\\b[a-z]+:\\/?\\/?[^' },
      {
        file: 'app/components/links.ts',
        from: '/^https?:$/.test(protocol) && hostname &&',
        to: 'protocol && hostname !== href &&',
      },
    ],
    unit: 'app/components/links.test.ts',
  },
  {
    check: 'the page’s loader hears its own panel alone',
    edits: [
      {
        file: 'app/widget/loader.ts',
        from: 'if (event.origin !== base || event.source !== view?.frame()?.contentWindow) return;',
        to: '',
      },
    ],
    attacks: ['hostile postMessage to the page’s loader, from a frame and from an opener'],
  },
  {
    check: 'the panel hears the page it was made for alone',
    edits: [
      {
        file: 'app/widget/host-bridge.ts',
        from: 'if (event.source !== window.parent || event.origin !== origin) return;',
        to: '',
      },
    ],
    attacks: ['hostile postMessage to the panel, embedded under a false origin'],
  },
  {
    check: 'the panel speaks to the page it was made for alone',
    edits: [
      {
        file: 'app/widget/host-bridge.ts',
        from: 'window.parent.postMessage({ channel: CHANNEL, body }, origin);',
        to: "window.parent.postMessage({ channel: CHANNEL, body }, '*');",
      },
    ],
    attacks: ['hostile postMessage to the panel, embedded under a false origin'],
  },
];
