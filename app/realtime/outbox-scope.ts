/** Unsent messages: whose, and where they go. */
export function outboxScope(personId: string, conversationId: string): string {
  return `${personId}/${conversationId}`;
}
