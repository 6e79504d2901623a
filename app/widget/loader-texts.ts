/** The few words on the host page itself; everything else is in the panel. */
export const texts = {
  open: 'Open chat',
  close: 'Close chat',
  panel: 'Chat with WellChina',
  unread: (count: number) => `Open chat, ${count} unread ${count === 1 ? 'message' : 'messages'}`,
};
