import { describe, expect, it } from 'vitest';
import { systemEventSchema } from '../protocol/model.ts';
import { en } from './en.ts';
import { loadLanguage } from './load-language.ts';
import { createLanguage, english } from './translate.ts';

describe('a text', () => {
  it('is filled with its names, and keeps what it has no name for', () => {
    expect(english.t('event.joined', { name: 'Support One' })).toBe('Agent Support One joined the chat');
    expect(english.t('event.joined')).toContain('{name}');
  });

  it('chooses its plural by the count', () => {
    expect(english.t('messages.new', { count: 1 })).toBe('1 new message');
    expect(english.t('messages.new', { count: 2 })).toBe('2 new messages');
  });

  it('is there for every event of the protocol', () => {
    for (const key of systemEventSchema.shape.key.options) expect(en[`event.${key}`]).toBeTruthy();
  });
});

describe('a language', () => {
  it('knows which way it runs', () => {
    expect(createLanguage('ar-EG', en).direction).toBe('rtl');
    expect(english.direction).toBe('ltr');
  });

  it('falls back to English, and keeps the reader’s way with dates', async () => {
    expect((await loadLanguage(['xx', 'en-GB'])).locale).toBe('en-GB');
    expect((await loadLanguage([])).t('composer.send')).toBe('Send');
  });
});
