import { createContext, useContext } from 'react';

/**
 * The nonce of this response's Content-Security-Policy, while it is rendered; an inline script without it does not
 * run. Undefined in the browser, which hides it from scripts anyway.
 */
export const NonceContext = createContext<string | undefined>(undefined);

export function useNonce(): string | undefined {
  return useContext(NonceContext);
}

/** A new nonce: 128 random bits, as Base64. */
export function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}
