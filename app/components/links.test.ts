import { describe, expect, it } from 'vitest';
import { linkify } from './links.ts';

const links = (text: string) => linkify(text).flatMap((piece) => ('href' in piece ? [piece.text] : []));

describe('an address in a message', () => {
  it.each([
    ['See https://wellchina.example/pricing.', 'https://wellchina.example/pricing'],
    ['(https://a.example/x_(y))', 'https://a.example/x_(y)'],
    ['请看https://a.example/价格，谢谢', 'https://a.example/价格'],
    ['http://a.example?x=1&y=2!', 'http://a.example?x=1&y=2'],
    ['https://a.example/“quoted”', 'https://a.example/'],
  ])('in “%s” is a link without the sentence around it', (text, link) => {
    expect(links(text)).toEqual([link]);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'ftp://a.example',
    'https://',
    'https://wellchina.com@evil.example/',
    'www.a.example',
    'xhttps//a',
  ])('“%s” never becomes a link', (text) => {
    expect(links(text)).toEqual([]);
  });

  it('leaves every character of the text where it was', () => {
    const text = 'a https://a.example, b https://user@b.example c http://c.example/…\nend';
    expect(
      linkify(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });
});
