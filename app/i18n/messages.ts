import type { GetICUArgs } from '@schummar/icu-type-parser';
import type en from './locales/en.ts';

type English = typeof en;
export type MessageKey = keyof English;

/** What a text is filled with: a plural counts, everything else is put in as it is. */
type Filling = { ICUArgument: string | number; ICUNumberArgument: number; ICUDateArgument: Date };
type Of<Text extends string> = GetICUArgs<Text, Filling>;
type Fillings = { readonly [Key in MessageKey]: Of<English[Key]> };

/** What has to be said along with a key: nothing, or everything its text names. */
export type Args<Key extends MessageKey> = Key extends MessageKey
  ? keyof Fillings[Key] extends never
    ? []
    : [args: Fillings[Key]]
  : never;

/** Says things: `t('composer.left', { count: 3 })`. */
export type Translate = <Key extends MessageKey>(key: Key, ...args: Args<Key>) => string;

/**
 * What a locale must satisfy: every key of English with the same arguments, and no other key. What is wrong turns up
 * as a type that says what belongs there.
 */
export type Complete<Texts extends { readonly [Key in keyof Texts]: string }> = {
  readonly [Key in MessageKey | keyof Texts]: Key extends MessageKey
    ? Key extends keyof Texts
      ? SameArguments<Texts[Key], English[Key]> extends true
        ? Texts[Key]
        : { 'has other arguments than': English[Key] }
      : string
    : never;
};

type SameArguments<One extends string, Other extends string> = [keyof Of<One>, keyof Of<Other>] extends [
  keyof Of<Other>,
  keyof Of<One>,
]
  ? true
  : false;
