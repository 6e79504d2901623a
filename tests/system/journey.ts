import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A browser without its looks: keeps cookies, says where it comes from, and follows links out of mails. */
export class Device {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  /** One request to the site, redirects not followed. */
  async ask(method: string, where: string, init: { headers?: HeadersInit; body?: string } = {}) {
    const headers = new Headers(init.headers);
    if (this.#cookies.size > 0) {
      headers.set('Cookie', [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    }
    if (method !== 'GET') headers.set('Origin', this.#url);
    const response = await fetch(new URL(where, this.#url), {
      method,
      headers,
      redirect: 'manual',
      ...(init.body === undefined ? {} : { body: init.body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const [name = '', ...value] = pair.split('=');
      if (/max-age=0/i.test(cookie)) this.#cookies.delete(name);
      else this.#cookies.set(name, value.join('='));
    }
    return response;
  }

  /** A call of the API. */
  async api<Body>(method: string, where: string, body?: unknown, token?: string) {
    const response = await this.ask(method, where, {
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : JSON.parse(text)) as Body,
    };
  }

  /** A page, with where its redirects have led. */
  async open(where: string): Promise<{ status: number; path: string; html: string }> {
    let at = new URL(where, this.#url);
    for (let hop = 0; hop < 10; hop++) {
      const response = await this.ask('GET', at.href);
      const location = response.headers.get('Location');
      if (location === null) {
        return { status: response.status, path: at.pathname + at.search, html: await response.text() };
      }
      at = new URL(location, at);
    }
    throw new Error('redirects without end');
  }

  /** Sends a form and follows where it leads. */
  async submit(where: string, fields: Record<string, string>) {
    const response = await this.ask('POST', where, {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
    const location = response.headers.get('Location');
    if (location !== null) return this.open(location);
    return { status: response.status, path: where, html: await response.text() };
  }

  /** The session cookie's value, or undefined. */
  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }
}

/** Says yes (or no) on the make-believe Google's page; where that leads, on our site. */
export async function consent(
  url: string,
  account: { email: string; name?: string; verified?: boolean },
  decision: 'allow' | 'deny' = 'allow',
): Promise<URL> {
  const page = await fetch(url, { redirect: 'follow' });
  const html = await page.text();
  const hidden = (name: string) =>
    (new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '').replaceAll('&amp;', '&');
  const form = new URLSearchParams({
    redirect_uri: hidden('redirect_uri'),
    state: hidden('state'),
    account: '',
    email: account.email,
    name: account.name ?? '',
    decision,
    ...(account.verified === false ? {} : { verified: 'yes' }),
  });
  let response = await fetch(page.url, { method: 'POST', body: form, redirect: 'manual' });
  const toAuth = response.headers.get('Location') ?? '';
  response = await fetch(new URL(toAuth, page.url), { redirect: 'manual' });
  return new URL(response.headers.get('Location') ?? '');
}

/** The newest mail to somebody, by kind; throws while there is none. */
export async function mailTo(mailDir: string, to: string, kind: string): Promise<{ link: string }> {
  const names = (await readdir(mailDir)).filter((name) => name.endsWith('.json')).sort();
  const mails = await Promise.all(
    names.map(
      async (name) =>
        JSON.parse(await readFile(path.join(mailDir, name), 'utf8')) as {
          to: string;
          kind: string;
          link: string;
        },
    ),
  );
  const mail = mails.findLast((one) => one.to === to && one.kind === kind);
  if (!mail) throw new Error(`no ${kind} mail to ${to}`);
  return mail;
}
