import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { sessionSchema } from '../../app/protocol/http.ts';
import type { Backend } from '../../supabase/local/backend.ts';
import { ownBackend } from '../support/backend.ts';
import { launchBrowser } from '../support/browser.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { calmContext } from './looks.ts';
import { Agent } from './people.ts';

export const PASSWORD = 'a long enough one';
const LONG_NAME = 'Wilhelmina Alexandrovna Featherstonehaugh-Konstantinopolsky von Hohenlohe';

/** Many screens in two looks or more each: a busy machine takes its time. */
export const PATIENCE = 120_000;

/** Where screens are looked at. Its backend is its own: it asks for a confirmation of addresses, and may be taken away. */
export class AccessibilityStage {
  readonly backend: Backend;
  readonly #worker: TestWorker;
  readonly #browser: Browser;
  readonly #parts: AsyncDisposableStack;

  private constructor(backend: Backend, worker: TestWorker, browser: Browser, parts: AsyncDisposableStack) {
    this.backend = backend;
    this.#worker = worker;
    this.#browser = browser;
    this.#parts = parts;
  }

  static async open(): Promise<AccessibilityStage> {
    // Whatever has been started ends with the others, also when the next one does not start.
    await using parts = new AsyncDisposableStack();
    const backend = parts.adopt(
      await ownBackend('accessibility', { autoconfirm: false, redirectUrls: ['http://**'] }),
      (started) => started.stop(),
    );
    const worker = parts.adopt(await startWorker(backend), (started) => started.stop());
    const browser = parts.adopt(await launchBrowser(), (started) => started.close());
    return new AccessibilityStage(backend, worker, browser, parts.move());
  }

  close(): Promise<void> {
    return this.#parts.disposeAsync();
  }

  get url(): string {
    return this.#worker.url;
  }

  /** A browser profile, closed with its test. */
  async context(): Promise<BrowserContext> {
    const made = await calmContext(this.#browser);
    onTestFinished(() => made.close());
    return made;
  }

  /** The address of a new account. */
  async account(): Promise<string> {
    const email = `${randomUUID()}.with-quite-a-long-address@visitors-from-far-away.test`;
    const admin = createClient(this.backend.supabaseUrl, this.backend.serviceRoleKey, {
      auth: { persistSession: false, autoRefreshToken: false },
    });
    await admin.auth.admin.createUser({
      email,
      password: PASSWORD,
      email_confirm: true,
      user_metadata: { name: LONG_NAME },
    });
    return email;
  }

  /** A guest in the queue, without a browser. */
  async guestWaits(text: string): Promise<void> {
    const post = async (path: string, body: object, token?: string) => {
      const reply = await fetch(this.url + path, {
        method: 'POST',
        headers: {
          Origin: this.url,
          'Content-Type': 'application/json',
          ...(token ? { Authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify(body),
      });
      if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
      return reply.json();
    };
    const { accessToken } = sessionSchema.parse(await post('/api/session', {}));
    await post('/api/conversations', { firstMessage: { id: randomUUID(), text } }, accessToken);
  }

  async signIn(page: Page, email: string): Promise<void> {
    await page.goto(`${this.url}/login`);
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/account');
  }

  async agent(email: string, password: string): Promise<Agent> {
    const signedIn = await Agent.signInOn(await this.context(), this.url, email, password);
    onTestFinished(() => signedIn.leave());
    return signedIn;
  }
}
