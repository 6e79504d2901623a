/** What the team page's forms ask for. */
export const TEAM_INTENTS = ['invite', 'resend', 'withdraw', 'save', 'deactivate', 'reactivate'] as const;
export type TeamIntent = (typeof TEAM_INTENTS)[number];
