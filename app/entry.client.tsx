import { RemixBrowser } from '@remix-run/react';
import { StrictMode, startTransition } from 'react';
import { flushSync } from 'react-dom';
import { hydrateRoot } from 'react-dom/client';
import { repeatingEarlyPresses } from './early-presses.ts';

/**
 * Until the loaders' data is decoded, RemixBrowser throws the promise of it. Were it the first to do so inside React, a
 * key pressed meanwhile would make React hydrate there and then, which it can't without the data: it gives up for good
 * (error 345), and the page never comes alive. So the promise is fetched here, and React begins when it is kept.
 */
async function dataDecoded(): Promise<void> {
  try {
    RemixBrowser({});
  } catch (thrown) {
    await thrown;
  }
}

function hydrate(atOnce: boolean): void {
  const schedule = atOnce ? flushSync : startTransition;
  schedule(() => {
    hydrateRoot(
      document,
      <StrictMode>
        <RemixBrowser />
      </StrictMode>,
      {
        onRecoverableError(error, { componentStack }) {
          // The whole document is drawn anew: what was typed, opened or put there by others is lost.
          console.error('The page could not be hydrated.', error, componentStack);
        },
      },
    );
  });
}

void dataDecoded().then(() => repeatingEarlyPresses(hydrate));
