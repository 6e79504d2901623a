import { expect, it } from 'vitest';
import { accessTo } from './access.ts';
import { active, ME, OTHER, summary } from './summaries.fixture.ts';

const me = { id: ME, role: 'agent' as const };

it('lets any agent accept or close what waits, and nobody write in it', () => {
  expect(accessTo(summary(1), me)).toMatchObject({
    accept: true,
    close: true,
    write: false,
    takeOver: false,
  });
});

it('lets its agent write and close', () => {
  expect(accessTo(active(1, ME), me)).toEqual({
    accept: false,
    takeOver: false,
    close: true,
    write: true,
    explanation: null,
  });
});

it('lets another agent only take over, and says who answers', () => {
  expect(accessTo(active(1, OTHER), me)).toMatchObject({ takeOver: true, close: false, write: false });
  expect(accessTo(active(1, OTHER), me).explanation).toContain('Support Two');
  expect(accessTo(active(1, OTHER), { ...me, role: 'admin' }).close).toBe(true);
});

it('offers nothing once it is closed', () => {
  const closed = accessTo(active(1, ME, { status: 'closed' }), me);
  expect(closed).toMatchObject({ accept: false, takeOver: false, close: false, write: false });
});
