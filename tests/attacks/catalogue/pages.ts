import type { Group } from '../attack.ts';
import { onCookies } from './page-cookies.ts';
import { onMessages } from './page-messages.ts';
import { onPolicies } from './page-policies.ts';
import { onTexts } from './page-texts.ts';

export const pages: Group = {
  title: 'In the browser',
  attacks: [...onTexts, ...onPolicies, ...onCookies, ...onMessages],
};
