import { describe, expect, it } from 'vitest';
import { createPrompts, promptFor } from './prompts.ts';

function stored(initial: Record<string, string> = {}) {
  const items = new Map(Object.entries(initial));
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
  } as unknown as Storage;
  return { items, storage: () => storage };
}
const GUEST = { guest: true, settled: true, written: 0 };

describe('a guest', () => {
  it('is told once that they chat as a guest, and from the third message on why to sign up', () => {
    const { had } = createPrompts(stored().storage);
    expect([0, 1, 2, 3, 7].map((written) => promptFor({ ...GUEST, written }, had))).toEqual([
      'first',
      'first',
      'first',
      'third',
      'third',
    ]);
  });

  it('is not told again in this browser session what they have dismissed', () => {
    const { storage } = stored();
    createPrompts(storage).done('first');
    const { had, done } = createPrompts(storage);
    expect(promptFor(GUEST, had)).toBeNull();
    expect(promptFor({ ...GUEST, written: 3 }, had)).toBe('third');
    done('third');
    expect(promptFor({ ...GUEST, written: 9 }, had)).toBeNull();
  });

  it('leaves nothing in the browser by reading', () => {
    const { items, storage } = stored();
    promptFor(GUEST, createPrompts(storage).had);
    expect(items.size).toBe(0);
  });

  it('is not told twice in a browser that stores nothing', () => {
    const prompts = createPrompts(() => {
      throw new DOMException('refused', 'SecurityError');
    });
    prompts.done('closing');
    expect(prompts.had('closing')).toBe(true);
  });
});

describe('nobody is told anything', () => {
  it('who is registered, or of whom it isn’t known yet', () => {
    const { had } = createPrompts(stored().storage);
    expect(promptFor({ ...GUEST, guest: false, written: 5 }, had)).toBeNull();
    expect(promptFor({ ...GUEST, settled: false }, had)).toBeNull();
  });
});
