export * from './audit-log.ts';
export * from './canned-responses.ts';
export * from './chat-agents.ts';
export * from './conversations.ts';
export * from './messages.ts';
export * from './profiles.ts';
export * from './widget-sites.ts';
