import { expect, it } from 'vitest';
import { fromQuery, pageContext } from './page-context.ts';

const match = (handle?: unknown, params = {}) => ({ handle, params });

it('lets the innermost page speak, and adds region and saved items', () => {
  const outer = { chatContext: () => ({ page: 'outer' }) };
  const inner = {
    chatContext: (params: Record<string, string | undefined>) => ({ procedure: params.slug ?? '' }),
  };
  const context = pageContext(
    [match(), match(outer), match(inner, { slug: 'lasik' })],
    new URLSearchParams(),
    {
      region: 'JP',
      saved: { plans: ['Premium Plan'] },
    },
  );
  expect(context).toEqual({ procedure: 'lasik', region: 'JP', saved: { plans: ['Premium Plan'] } });
});

it('says nothing about a page that says nothing', () => {
  expect(pageContext([match(), match({})], new URLSearchParams(), {})).toEqual({});
});

it('takes from the query what is asked for, and nothing blank or endless', () => {
  const search = new URLSearchParams({
    hospital: ' Beijing United ',
    procedure: ' ',
    other: 'x',
    city: 'c'.repeat(500),
  });
  expect(fromQuery(search, ['hospital', 'procedure'])).toEqual({ hospital: 'Beijing United' });
  expect(fromQuery(search, ['city']).city).toHaveLength(200);
});
