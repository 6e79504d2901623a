import '@remix-run/cloudflare';

declare module '@remix-run/cloudflare' {
  /** What the Worker hands to every loader and action. */
  interface AppLoadContext {
    cloudflare: { env: Env; ctx: ExecutionContext };
  }
}
