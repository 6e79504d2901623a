import { describe, expect, it } from 'vitest';
import { countQueue, deskTitle, groupQueue, totalUnread, unreadFor, withOpenUnread } from './queue.ts';
import { active, ME, OTHER, summary } from './summaries.fixture.ts';

const said = (minute: number) => ({
  seq: 1,
  senderRole: 'visitor' as const,
  kind: 'text' as const,
  text: 'Hello',
  at: `2026-11-22T10:${String(minute).padStart(2, '0')}:00.000Z`,
});

describe('groupQueue', () => {
  it('puts who has waited longest first, whatever they wrote since', () => {
    const late = summary(1, { createdAt: '2026-11-22T10:05:00.000Z', lastMessage: said(5) });
    const early = summary(2, { createdAt: '2026-11-22T10:01:00.000Z', lastMessage: said(9) });
    expect(groupQueue([late, early], ME).waiting).toEqual([early, late]);
  });

  it('puts one’s own conversations before the others’, then the newest activity first', () => {
    const theirs = active(1, OTHER, { lastMessage: said(30) });
    const mineOld = active(2, ME, { lastMessage: said(10) });
    const mineNew = active(3, ME, { lastMessage: said(20) });
    expect(groupQueue([theirs, mineOld, mineNew], ME).active).toEqual([mineNew, mineOld, theirs]);
  });

  it('takes the beginning for the activity where nobody has written', () => {
    const silent = active(1, ME, { createdAt: '2026-11-22T10:15:00.000Z' });
    const spoken = active(2, ME, { lastMessage: said(10) });
    expect(groupQueue([spoken, silent], ME).active).toEqual([silent, spoken]);
  });

  it('leaves closed conversations out', () => {
    const closed = summary(1, { status: 'closed', closedAt: '2026-11-22T11:00:00.000Z' });
    expect(groupQueue([closed], ME)).toEqual({ waiting: [], active: [] });
  });

  it('does not change the list it is given', () => {
    const list = Object.freeze([summary(2), summary(1)]);
    expect(() => groupQueue(list, ME)).not.toThrow();
  });

  it('shows each filter what belongs to it, and counts alike', () => {
    const list = [summary(1), active(2, ME), active(3, OTHER)];
    expect(groupQueue(list, ME, 'mine')).toEqual({ waiting: [], active: [list[1]] });
    expect(groupQueue(list, ME, 'waiting')).toEqual({ waiting: [list[0]], active: [] });
    expect(countQueue(list, ME)).toEqual({ all: 3, mine: 1, waiting: 1 });
  });
});

describe('unread', () => {
  const unread = { visitor: 0, agent: 2 };

  it('counts what waits and what is one’s own, not what another agent has, nor what is closed', () => {
    expect(unreadFor(summary(1, { unread }), ME)).toBe(2);
    expect(unreadFor(active(2, ME, { unread }), ME)).toBe(2);
    expect(unreadFor(active(3, OTHER, { unread }), ME)).toBe(0);
    expect(unreadFor(active(4, ME, { unread, status: 'closed' }), ME)).toBe(0);
    expect(
      totalUnread([summary(1, { unread }), active(2, ME, { unread }), active(3, OTHER, { unread })], ME),
    ).toBe(4);
  });

  it('is for the open conversation what its room says, and for the others what the lobby says', () => {
    const list = [active(1, ME, { unread }), active(2, ME, { unread })];
    const open = { id: list[0]?.id ?? '', count: 0 };
    expect(withOpenUnread(list, open).map((conversation) => unreadFor(conversation, ME))).toEqual([0, 2]);
    expect(withOpenUnread(list, null)).toBe(list);
  });

  it('stands in the title only when there is any', () => {
    expect(deskTitle(0, null)).toBe('WellChina Desk');
    expect(deskTitle(3, 'Aiko')).toBe('(3) Aiko · WellChina Desk');
  });
});
