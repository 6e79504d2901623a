import { createRoot } from 'react-dom/client';
import type { Language } from '../i18n/language.ts';
import { LanguageProvider } from '../i18n/use-language.ts';
import { browserEnvironment } from '../realtime/browser-environment.ts';
import { createChat } from './chat.ts';
import { createHostBridge, hostOrigin } from './host-bridge.ts';
import { createApi } from './http.ts';
import { createKeep } from './keep.ts';
import { createLoadRoom, renewOnce } from './load-room.ts';
import type { FromPanel } from './messages.ts';
import './panel.css';
import { PanelApp } from './panel-app.tsx';
import { createPanelView } from './panel-view.ts';
import { createPrompts } from './prompts.ts';
import { reportChat } from './report-chat.ts';
import { reportRoom } from './report-room.ts';
import { createSession } from './session.ts';
import { createSpeech } from './speech.ts';
import { solveInPanel, withTurnstile } from './turnstile.ts';
import { watchConfirmation } from './watch-confirmation.ts';

/** The frame's entry: puts the parts together and listens to the page it is in. */
const origin = hostOrigin();
const bridge = origin === null ? null : createHostBridge(origin);
const post = (body: FromPanel) => bridge?.post(body);

const keep = createKeep(() => localStorage);
const api = withTurnstile(
  createApi((input, init) => fetch(input, init)),
  solveInPanel,
);
const session = createSession(api, keep, Date.now);
const chat = createChat({
  api,
  session,
  keep,
  environment: browserEnvironment(),
  loadRoom: createLoadRoom(
    () => import('../realtime/conversation-client.ts'),
    () =>
      renewOnce(
        () => sessionStorage,
        () => navigator.onLine,
        () => location.reload(),
      ),
  ),
  onRoom: (client) => reportRoom(client, post),
});
reportChat(chat, post);
watchConfirmation(chat);
const view = createPanelView({
  framed: bridge !== null,
  minimise: () => post({ t: 'close' }),
  hold: (on) => post({ t: 'hold', on }),
});
const prompts = createPrompts(() => sessionStorage);
/** The server saw a visitor's session come with the request for this document. */
const hasSession = document.documentElement.dataset.session !== undefined;

const element = document.getElementById('panel');
if (!element) throw new Error('The panel has no place in this document.');
const root = createRoot(element);

function render(language: Language): void {
  document.documentElement.lang = language.locale;
  document.documentElement.dir = language.direction;
  root.render(
    <LanguageProvider value={language}>
      <PanelApp chat={chat} view={view} prompts={prompts} peopleTexts={speech.withPeople} />
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
      chat.start(body.known || body.user || hasSession || keep.get('known') !== null);
      break;
    case 'open':
      view.set({ open: true, focused: body.focus });
      break;
    case 'closing':
      view.set({ closing: true });
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
else chat.start(hasSession || keep.get('known') !== null);
