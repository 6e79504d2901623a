import { createRoot } from 'react-dom/client';
import type { Language } from '../i18n/language.ts';
import { LanguageProvider } from '../i18n/use-language.ts';
import { browserEnvironment } from '../realtime/browser-environment.ts';
import { createChat } from './chat.ts';
import { createHostBridge, hostOrigin } from './host-bridge.ts';
import { createApi } from './http.ts';
import { createKeep } from './keep.ts';
import type { FromPanel } from './messages.ts';
import './panel.css';
import { PanelApp } from './panel-app.tsx';
import { createPanelView } from './panel-view.ts';
import { reportChat } from './report-chat.ts';
import { reportRoom } from './report-room.ts';
import { createSession } from './session.ts';
import { createSpeech } from './speech.ts';

/** The frame's entry: puts the parts together and listens to the page it is in. */
const origin = hostOrigin();
const bridge = origin === null ? null : createHostBridge(origin);
const post = (body: FromPanel) => bridge?.post(body);

const keep = createKeep(() => localStorage);
const api = createApi((input, init) => fetch(input, init));
const session = createSession(api, keep, () => {
  if (keep.get('known')) return;
  keep.set('known', '1');
  post({ t: 'known', known: true, live: false });
});
const chat = createChat({
  api,
  session,
  keep,
  environment: browserEnvironment(),
  onRoom: (client) => reportRoom(client, post),
});
reportChat(chat, post);
const view = createPanelView(bridge !== null, () => post({ t: 'close' }));

const element = document.getElementById('panel');
if (!element) throw new Error('The panel has no place in this document.');
const root = createRoot(element);

function render(language: Language): void {
  document.documentElement.lang = language.locale;
  document.documentElement.dir = language.direction;
  root.render(
    <LanguageProvider value={language}>
      <PanelApp chat={chat} view={view} />
    </LanguageProvider>,
  );
}

const speech = createSpeech(render);

bridge?.onMessage((body) => {
  switch (body.t) {
    case 'init':
      chat.setContext(body.context);
      if (body.user) chat.setHostToken(bridge.token);
      if (body.locale) speech.use(body.locale);
      view.set({ open: body.open, focused: body.focus });
      chat.start(body.known || keep.get('known') !== null);
      break;
    case 'open':
      view.set({ open: true, focused: body.focus });
      break;
    case 'close':
      view.set({ open: false, focused: false });
      break;
    case 'context':
      chat.setContext(body.context);
      break;
    case 'locale':
      speech.use(body.locale);
      break;
    case 'user':
      chat.setHostToken(body.user ? bridge.token : null);
      break;
    case 'token':
      break;
    default:
      body satisfies never;
  }
});
if (bridge) post({ t: 'ready' });
else chat.start(keep.get('known') !== null);
