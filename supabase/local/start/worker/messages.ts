/** What a Worker runs with; plain data, so that it can be handed to the host process. */
export interface WorkerSetup {
  /** Where the bundle, the static files and the options of `wrangler.toml` are: see `site/build.ts`. */
  siteDir: string;
  port: number;
  /** Folder of the Durable Objects' databases. */
  persistTo: string;
  /** Folder the mails are written to. */
  mailDir: string;
  databaseUrl: string;
  /** Variables and secrets, over those of `wrangler.toml`. */
  vars: Record<string, string>;
  /**
   * Default true. Miniflare serves static files by a Worker in front of ours, which every socket then goes through;
   * Cloudflare has no such stop on the way.
   */
  staticFiles?: boolean;
}

/** `options.json` of a built site: what wrangler made of `wrangler.toml`. Only what the host changes is named here. */
export interface SiteOptions {
  name: string;
  bindings?: Record<string, unknown>;
  hyperdrives?: Record<string, string>;
  assets?: Record<string, unknown>;
  [option: string]: unknown;
}

export type ToHost = { type: 'run'; setup: WorkerSetup } | { type: 'stop' };

export type FromHost =
  /** A workerd process began; it may not answer yet. */
  | { type: 'workerd'; pid: number }
  /** workerd answers with the setup last given. */
  | { type: 'ready' }
  | { type: 'mail'; file: string; subject: string }
  | { type: 'failed'; message: string };
