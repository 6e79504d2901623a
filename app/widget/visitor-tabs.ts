import { isRecord } from '../realtime/decode.ts';
import type { RealtimeEnvironment } from '../realtime/types.ts';

/** Tells this browser's other panels that somebody signed in, signed out or got an account. */
export interface VisitorTabs {
  tell(person: string | null): void;
}

/** @param onPerson who is here now, by another tab's word; null: they signed out */
export function visitorTabs(
  environment: Pick<RealtimeEnvironment, 'channel'>,
  onPerson: (person: string | null) => void,
): VisitorTabs {
  const channel = environment.channel('wellchina-visitor');
  channel?.onMessage((data) => {
    if (isRecord(data)) onPerson(typeof data.person === 'string' ? data.person : null);
  });
  return { tell: (person) => channel?.post({ person }) };
}
