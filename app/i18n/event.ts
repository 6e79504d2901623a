import type { SystemEvent } from '../protocol/model.ts';
import type { Translate } from './translate.ts';

/** A system message in the reader's language. */
export function eventText(t: Translate, { key, params }: SystemEvent): string {
  return t(`event.${key}`, params);
}
