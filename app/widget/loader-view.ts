import { styles } from './loader-styles.ts';
import type { LoaderTexts } from './loader-texts.ts';

/** As wide as a phone: there the panel is the whole screen. */
const PHONE = '(max-width:480px)';
const SPEECH = 'M21 11.5a8.5 8.5 0 0 1-12.3 7.6L3 21l1.9-5.7A8.5 8.5 0 1 1 21 11.5Z';
const CHEVRON = 'm6 9.5 6 6 6-6';

export interface LoaderView {
  /** The panel's window, once it has been asked for. */
  frame(): HTMLIFrameElement | null;
  /** Loads the panel; a second call does nothing. */
  load(): HTMLIFrameElement;
  setOpen(open: boolean, focus: boolean): void;
  setHidden(hidden: boolean): void;
  setUnread(count: number): void;
  setTexts(texts: LoaderTexts): void;
  remove(): void;
}

/** Whether the panel would take the whole screen. */
export function isPhone(): boolean {
  return matchMedia(PHONE).matches;
}

/**
 * The bubble and, when first needed, the frame, in a shadow root at the end of the body.
 *
 * @param source gives the address of the panel's document when it is needed
 * @param texts the words on it
 * @param toggle called when the bubble is pressed
 * @param dismiss called on Escape while the bubble has the focus
 */
export function createView(
  source: () => string,
  texts: LoaderTexts,
  toggle: () => void,
  dismiss: () => void,
): LoaderView {
  const host = document.createElement('wellchina-chat');
  const root = host.attachShadow({ mode: 'open' });
  // A constructed sheet passes a host page's `style-src`, an inline one might not.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];

  const bubble = document.createElement('button');
  bubble.type = 'button';
  bubble.setAttribute('aria-haspopup', 'dialog');
  bubble.appendChild(icon(SPEECH));
  bubble.appendChild(icon(CHEVRON));
  const badge = document.createElement('b');
  // The bubble's name says it already.
  badge.setAttribute('aria-hidden', 'true');
  bubble.appendChild(badge);
  bubble.onclick = toggle;
  bubble.onkeydown = (event) => {
    if (event.key === 'Escape') dismiss();
  };
  root.appendChild(bubble);
  // Pages that draw themselves anew throw away what they didn't put there; the chat is not theirs to lose.
  const attach = () => {
    if (!host.isConnected) document.body?.appendChild(host);
    for (const parent of [document, document.documentElement, document.body]) {
      if (parent) redrawn.observe(parent, { childList: true });
    }
  };
  const redrawn = new MutationObserver(attach);
  attach();

  let frame: HTMLIFrameElement | null = null;
  let isOpen = false;
  let unread = 0;
  let words = texts;
  let scroll = '';

  function label(): void {
    bubble.setAttribute('aria-expanded', String(isOpen));
    bubble.setAttribute('aria-label', isOpen ? words.close : unread ? words.unread(unread) : words.open);
    badge.textContent = unread && !isOpen ? (unread > 99 ? '99+' : String(unread)) : '';
  }

  /** On a phone the panel ends where the keyboard begins; only the visual viewport knows where that is. */
  function fitKeyboard(): void {
    const viewport = window.visualViewport;
    if (!frame || !viewport) return;
    const full = isOpen && isPhone();
    frame.style.setProperty('--top', full ? `${viewport.offsetTop}px` : '0px');
    frame.style.setProperty('--height', full ? `${viewport.height}px` : '100dvh');
  }
  window.visualViewport?.addEventListener('resize', fitKeyboard);
  window.visualViewport?.addEventListener('scroll', fitKeyboard);
  label();

  function load(): HTMLIFrameElement {
    if (frame) return frame;
    frame = document.createElement('iframe');
    frame.title = words.panel;
    frame.dataset.open = 'false';
    frame.src = source();
    root.appendChild(frame);
    return frame;
  }

  return {
    frame: () => frame,
    load,
    setOpen(open, focus) {
      if (open === isOpen) return;
      isOpen = open;
      load().dataset.open = String(open);
      label();
      fitKeyboard();
      // The page behind a full screen must not scroll under it.
      const { style } = document.documentElement;
      if (open && isPhone()) {
        scroll = style.overflow;
        style.overflow = 'hidden';
      } else if (!open && style.overflow === 'hidden') style.overflow = scroll;
      if (!focus) return;
      if (open) frame?.focus();
      else bubble.focus();
    },
    setHidden(hidden) {
      bubble.hidden = hidden;
    },
    setUnread(count) {
      unread = count;
      label();
    },
    setTexts(next) {
      words = next;
      if (frame) frame.title = words.panel;
      label();
    },
    remove() {
      window.visualViewport?.removeEventListener('resize', fitKeyboard);
      window.visualViewport?.removeEventListener('scroll', fitKeyboard);
      redrawn.disconnect();
      host.remove();
    },
  };
}

function icon(path: string): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const attributes = {
    viewBox: '0 0 24 24',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.9',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', path);
  svg.appendChild(line);
  return svg;
}
