import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { widgetSnippet } from './widget.ts';

it('queues calls until the script takes over, and loads it once', () => {
  const scripts: { async?: boolean; src?: string }[] = [];
  const document = {
    createElement: () => ({}),
    head: { appendChild: (script: object) => scripts.push(script) },
  };
  const window: { WellChinaChat?: { q: ArrayLike<unknown>[] } } = {};
  const snippet = widgetSnippet({ page: 'pricing' });
  runInNewContext(snippet + snippet, { window, document });
  expect(scripts).toEqual([{ async: true, src: '/widget.js' }]);
  expect(window.WellChinaChat?.q.map((call) => Array.from(call))).toEqual([
    ['boot', { context: { page: 'pricing' } }],
    ['boot', { context: { page: 'pricing' } }],
  ]);
});

it('can’t be broken out of by what a query says', () => {
  expect(widgetSnippet({ hospital: '</script><script>alert(1)</script>' })).not.toContain('</script>');
});
