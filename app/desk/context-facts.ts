import type { ConversationContext } from '../protocol/context.ts';

/** What the visitor came from, one line each; only what is known. */
export function contextFacts(context: ConversationContext | undefined): { label: string; value: string }[] {
  if (!context) return [];
  const facts: [string, string | undefined][] = [
    ['Page', context.page],
    ['Procedure', context.procedure],
    ['Hospital', context.hospital],
    ['Comparing', context.hospitals?.join(', ')],
    ['City', context.city],
    ['Region', context.region && regionName(context.region)],
    ['Language', context.locale && languageName(context.locale)],
  ];
  return facts.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}

/** What the visitor saved, by kind, as the names they know (the seed's 11.4: chips, not counts). */
export function savedItems(context: ConversationContext | undefined): { kind: string; names: string[] }[] {
  const saved = context?.saved;
  const kinds: [string, string[] | undefined][] = [
    ['Plans', saved?.plans],
    ['Procedures', saved?.procedures],
    ['Hospitals', saved?.hospitals],
    ['Cities', saved?.cities],
  ];
  return kinds.flatMap(([kind, names]) => (names?.length ? [{ kind, names: [...new Set(names)] }] : []));
}

/** `JP` → `Japan`; anything that is no region code stays as it came. */
function regionName(region: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'region' }).of(region) ?? region;
  } catch {
    return region;
  }
}

/** `ja` → `Japanese`; anything that is no language tag stays as it came. */
function languageName(locale: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(locale) ?? locale;
  } catch {
    return locale;
  }
}
