import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

/** A visitor on the demo site: each has a browser profile of their own. */
export class Visitor {
  readonly page: Page;
  readonly problems: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    watch(page, this.problems);
  }

  static async arrive(browser: Browser, url: string): Promise<Visitor> {
    return Visitor.on(await browser.newContext(), url);
  }

  /** In a browser profile that has been prepared. */
  static async on(context: BrowserContext, url: string): Promise<Visitor> {
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(url);
    return visitor;
  }

  /** On a page that is open already. */
  static of(page: Page): Visitor {
    return new Visitor(page);
  }

  get panel() {
    return this.page.frameLocator('iframe');
  }

  get log() {
    return this.panel.getByRole('log');
  }

  get composer() {
    return this.panel.getByRole('textbox', { name: 'Your message' });
  }

  async openChat(): Promise<void> {
    await this.page.getByRole('button', { name: 'Open chat' }).click();
    await this.composer.waitFor();
  }

  /** Closes the panel; a guest is told once a session what they may lose. */
  async closeChat(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Minimise chat' }).click();
    const anyway = this.panel.getByRole('button', { name: 'Close anyway' });
    const closed = this.page.getByRole('button', { name: 'Open chat' });
    await anyway.or(closed).first().waitFor();
    if (await anyway.isVisible()) await anyway.click();
    await closed.waitFor();
  }

  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.log.getByText(text).first().waitFor();
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }
}

/** An agent at their desk. */
export class Agent {
  readonly page: Page;
  readonly problems: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    watch(page, this.problems);
  }

  static async signIn(browser: Browser, url: string, email: string, password: string): Promise<Agent> {
    return Agent.signInOn(await browser.newContext(), url, email, password);
  }

  /** In a browser profile that has been prepared. */
  static async signInOn(
    context: BrowserContext,
    url: string,
    email: string,
    password: string,
  ): Promise<Agent> {
    const agent = new Agent(await context.newPage());
    await agent.page.goto(`${url}/agent`);
    await agent.page.getByLabel('Email').fill(email);
    await agent.page.getByLabel('Password').fill(password);
    await agent.page.getByRole('button', { name: 'Sign in' }).click();
    await agent.page.waitForURL('**/agent');
    return agent;
  }

  get log() {
    return this.page.getByRole('log');
  }

  get composer() {
    return this.page.getByRole('textbox', { name: /reply|message/iu });
  }

  /** Opens the conversation whose newest line in the list is `snippet`. */
  async open(snippet: string): Promise<void> {
    await this.page.getByRole('link').filter({ hasText: snippet }).first().click();
    await this.page.waitForURL('**/agent/conversations/*');
  }

  async press(name: 'Accept' | 'Close' | 'Take over'): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.log.getByText(text).first().waitFor();
  }

  conversationId(): string {
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? '';
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }
}

/** The texts of a list, in order, as somebody reads them. */
export async function textsOf(log: { allInnerTexts(): Promise<string[]> }): Promise<string> {
  return (await log.allInnerTexts()).join('\n');
}

/** Expects these to stand in this order, each once. */
export function expectInOrder(text: string, parts: readonly string[]): void {
  let at = -1;
  for (const part of parts) {
    expect(text.split(part).length - 1, `“${part}” once in:\n${text}`).toBe(1);
    const next = text.indexOf(part);
    expect(next, `“${part}” in its place in:\n${text}`).toBeGreaterThan(at);
    at = next;
  }
}

/** React has taken the page over: each of its elements says so. */
export const hydrated = (page: Page) =>
  page.waitForFunction(() => Object.keys(document.body).some((key) => key.startsWith('__reactFiber')));

function watch(page: Page, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
}
