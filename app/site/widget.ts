import type { ConversationContext } from '../protocol/context.ts';

type WidgetCall =
  | ['boot', { context: ConversationContext }]
  | ['setContext', ConversationContext]
  | ['open' | 'shutdown'];

/** Calls the chat's embed API; before the script has come, its stub keeps the call. */
export function widget(...call: WidgetCall): void {
  const host = window as { WellChinaChat?: (...call: WidgetCall) => void };
  host.WellChinaChat?.(...call);
}

/**
 * The snippet a host page carries: a stub that queues calls, the script that takes them over, and the first call.
 *
 * @returns JavaScript for an inline script; nothing in `context` can end the script element
 */
export function widgetSnippet(context: ConversationContext): string {
  const boot = JSON.stringify({ context }).replaceAll('<', '\\u003c');
  return `(function(w,d,n,s){if(!w[n]){w[n]=function(){(w[n].q=w[n].q||[]).push(arguments)};s=d.createElement("script");s.async=true;s.src="/widget.js";d.head.appendChild(s)}w[n]("boot",${boot})})(window,document,"WellChinaChat");`;
}
