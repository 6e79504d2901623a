import { describe, expect, it } from 'vitest';
import { systemEventSchema } from '../protocol/model.ts';
import { chooseLocale } from './choose-locale.ts';
import { english } from './english.ts';
import { eventText } from './event.ts';
import { createLanguage } from './language.ts';
import { loadLanguage } from './load-language.ts';

describe('a text', () => {
  it('is filled with its names', () => {
    expect(english.t('event.joined', { name: 'Support One' })).toBe('Agent Support One joined the chat');
  });

  it('chooses its plural by the count, and writes numbers as the reader does', () => {
    expect(english.t('messages.new', { count: 1 })).toBe('1 new message');
    expect(english.t('messages.new', { count: 12_000 })).toBe('12,000 new messages');
  });

  it('cannot be said with the wrong arguments', () => {
    // @ts-expect-error: a count is needed
    expect(() => english.t('composer.left')).toThrow();
    // @ts-expect-error: nothing to fill in
    english.t('composer.send', { name: 'x' });
    // @ts-expect-error: no such text
    expect(english.t('composer.nothing')).toBe('composer.nothing');
  });
});

describe('a system message', () => {
  it('is said from where the reader stands', () => {
    const queued = { key: 'queued' as const, params: {} };
    expect(eventText(english.t, queued, 'visitor')).toBe('You’re now in the queue');
    expect(eventText(english.t, queued, 'agent')).toBe('The visitor joined the queue');
  });

  it.each(systemEventSchema.shape.key.options)('is there for “%s”, in Chinese too', async (key) => {
    const chinese = await loadLanguage(['zh'], false);
    const event = { key, params: { name: 'Support One' } };
    expect(eventText(english.t, event, 'visitor')).not.toContain('event.');
    expect(eventText(chinese.t, event, 'visitor')).toMatch(/\p{Script=Han}/u);
  });
});

describe('a language', () => {
  it('knows which way it runs', () => {
    expect(createLanguage('ar-EG', {}).direction).toBe('rtl');
    expect(english.direction).toBe('ltr');
  });

  it('is the first there is of what a person prefers, with their way of dates', () => {
    const locales = ['en', 'zh'];
    expect(chooseLocale(['xx', 'en-gb'], locales)).toEqual({ locale: 'en', tag: 'en-GB' });
    expect(chooseLocale(['zh-Hans-CN'], locales)).toEqual({ locale: 'zh', tag: 'zh-Hans-CN' });
    expect(chooseLocale([], locales)).toEqual({ locale: 'en', tag: 'en' });
    expect(chooseLocale(['not a tag', '', '__proto__', '../zh'], locales).locale).toBe('en');
  });

  it('carries the account’s screens only for who opens them', async () => {
    expect((await loadLanguage(['zh'], false)).t('account.save.title')).toBe('account.save.title');
    expect((await loadLanguage(['zh'], true)).t('account.save.title')).toBe('保存聊天记录');
  });
});
