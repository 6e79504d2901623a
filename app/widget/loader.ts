import type { ConversationContext } from '../protocol/context.ts';
import { recall, remember } from './loader-memory.ts';
import { loaderTexts } from './loader-texts.ts';
import { createView, isPhone, type LoaderView } from './loader-view.ts';
import { CHANNEL, type FromPanel, type ToPanel, unwrap } from './messages.ts';

/**
 * Served as `/widget.js`: the bubble on a host page, and the page's way to talk to the panel. Makes no request and
 * stores nothing until the visitor does something; only who has an open conversation is connected in the background.
 */

type EventName = 'ready' | 'open' | 'close' | 'message' | 'unread' | 'error';
type Listener = (detail: unknown) => void;
interface User {
  /** The host's own Supabase session of the same project. */
  getAccessToken(): Promise<string | null> | string | null;
}
interface BootOptions {
  context?: ConversationContext;
  locale?: string;
  user?: User;
}
type Call = [command: string, ...rest: unknown[]];
type Api = ((...call: Call) => void) & { q?: ArrayLike<unknown>[]; v?: number };

const script = document.currentScript;
const base = script instanceof HTMLScriptElement && script.src ? new URL(script.src).origin : location.origin;

const listeners = new Map<string, Set<Listener>>();
/** Calls that came before `boot`. */
let early: Call[] = [];
let view: LoaderView | null = null;
let isOpen = false;
let openedByPerson = false;
let panelReady = false;
let context: ConversationContext | null = null;
let locale: string | null = null;
let user: User | null = null;
let unread = 0;
/** The panel has something to say before it is closed. Asked once: the next press closes. */
let held = false;

function emit(name: EventName, detail?: unknown): void {
  for (const listener of [...(listeners.get(name) ?? [])]) {
    try {
      listener(detail);
    } catch (error) {
      // The host's own mistake: theirs to see, not ours to die of.
      reportError(error);
    }
  }
}

/** What the page wants spoken: as told, else as it is written itself. The panel and the words here then agree. */
function wanted(): string {
  return locale ?? document.documentElement.lang;
}
const texts = () => loaderTexts([wanted(), ...navigator.languages]);
const source = () => `${base}/widget?${new URLSearchParams({ origin: location.origin, locale: wanted() })}`;

function post(body: ToPanel): void {
  if (panelReady) view?.frame()?.contentWindow?.postMessage({ channel: CHANNEL, body }, base);
}

function setOpen(open: boolean, byPerson: boolean): void {
  if (!view || open === isOpen) return;
  isOpen = open;
  openedByPerson = open && byPerson;
  view.setOpen(open, byPerson);
  post(open ? { t: 'open', focus: byPerson } : { t: 'close' });
  if (byPerson) remember({ open });
  emit(open ? 'open' : 'close');
}

function dismiss(): void {
  const ask = isOpen && held;
  held = false;
  if (ask) post({ t: 'closing' });
  else setOpen(false, true);
}

function boot(options: BootOptions = {}): void {
  if (view) return;
  context = options.context ?? null;
  locale = options.locale ?? null;
  user = userFrom(options.user) ?? null;
  view = createView(source, texts(), () => (isOpen ? dismiss() : setOpen(true, true)), dismiss);
  window.addEventListener('message', onMessage);
  emit('ready');
  const memory = recall();
  if (memory.live) view.load();
  // A full screen that nobody asked for would hide the page.
  if (memory.open && !isPhone()) setOpen(true, false);
  const calls = early;
  early = [];
  for (const call of calls) run(call);
}

function onMessage(event: MessageEvent): void {
  if (event.origin !== base || event.source !== view?.frame()?.contentWindow) return;
  const body = unwrap<FromPanel>(event.data);
  switch (body?.t) {
    case undefined:
      break;
    case 'ready':
      panelReady = true;
      post({
        t: 'init',
        open: isOpen,
        focus: openedByPerson,
        known: recall().known,
        context,
        locale,
        user: user !== null,
      });
      break;
    case 'close':
      setOpen(false, true);
      break;
    case 'hold':
      held = body.on;
      break;
    case 'unread':
      if (body.count === unread) break;
      unread = body.count;
      view?.setUnread(unread);
      emit('unread', unread);
      break;
    case 'message':
      emit('message', { text: body.text, senderName: body.senderName, at: body.at });
      break;
    case 'known':
      remember({ known: body.known, live: body.live });
      break;
    case 'token':
      void answerToken(body.id);
      break;
    case 'error':
      emit('error', { code: body.code });
      break;
    default:
      body satisfies never;
  }
}

/** The page's own session's token: null when nobody is signed in there, nothing when that can't be known now. */
async function answerToken(id: number): Promise<void> {
  const asked = user;
  try {
    const token = (await asked?.getAccessToken()) ?? null;
    if (token !== null && typeof token !== 'string') throw token;
    // Somebody else by now: this one's token is not theirs.
    if (asked === user) post({ t: 'token', id, token });
  } catch {
    emit('error', { code: 'access_token' });
    post({ t: 'token', id });
  }
}

/** The page's user, or null for none; undefined, and an `error`, for what is neither. */
function userFrom(given: unknown): User | null | undefined {
  if (given == null) return null;
  if (typeof (given as Partial<User>).getAccessToken === 'function') return given as User;
  emit('error', { code: 'set_user' });
}

function setUser(given: unknown): void {
  const next = userFrom(given);
  if (next === undefined || next === user) return;
  user = next;
  post({ t: 'user', user: user !== null });
}

/** Takes the widget off the page. The guest stays known: a page may shut down only to boot again. */
function shutdown(): void {
  window.removeEventListener('message', onMessage);
  setOpen(false, false);
  view?.remove();
  view = null;
  panelReady = held = false;
  unread = 0;
}

function run(call: Call): void {
  const [command, first, second] = call;
  if (command === 'boot') {
    boot(first as BootOptions | undefined);
    return;
  }
  if (command === 'on' || command === 'off') {
    const name = first as string;
    const set = listeners.get(name) ?? new Set();
    listeners.set(name, set);
    if (command === 'off') second ? set.delete(second as Listener) : set.clear();
    else {
      set.add(second as Listener);
      if (name === 'ready' && view) (second as Listener)(undefined);
    }
    return;
  }
  if (!view) {
    if (command !== 'shutdown') early.push(call);
    return;
  }
  if (command === 'open') setOpen(true, true);
  else if (command === 'close') setOpen(false, true);
  else if (command === 'toggle') setOpen(!isOpen, true);
  else if (command === 'show') view.setHidden(false);
  else if (command === 'hide') {
    setOpen(false, false);
    view.setHidden(true);
  } else if (command === 'setContext') {
    context = (first as ConversationContext | undefined) ?? null;
    post({ t: 'context', context });
  } else if (command === 'setUser') {
    setUser(first);
  } else if (command === 'setLocale') {
    locale = String(first);
    view.setTexts(texts());
    post({ t: 'locale', locale });
  } else if (command === 'shutdown') shutdown();
  else console.warn(`WellChinaChat: unknown command “${command}”`);
}

const holder = window as unknown as { WellChinaChat?: Api };
const stub = holder.WellChinaChat;
// Loaded twice on one page (a tag manager and the page itself): the first one stays.
if (!stub?.v) {
  // The bubble stands at the end of the body, which is known when the page has been parsed: put there sooner, it ends up
  // in the middle, and a page that hydrates its whole document takes it for one of its own and draws everything anew.
  let waiting: Call[] | null = document.readyState === 'loading' ? [] : null;
  const api: Api = (...call) => {
    if (waiting) waiting.push(call);
    else run(call);
  };
  api.v = 1;
  holder.WellChinaChat = api;
  for (const call of Array.from(stub?.q ?? [])) api(...(Array.from(call) as Call));
  // Not DOMContentLoaded: that waits for the page's deferred scripts, too.
  document.addEventListener('readystatechange', () => {
    const calls = waiting ?? [];
    waiting = null;
    for (const call of calls) run(call);
  });
}
