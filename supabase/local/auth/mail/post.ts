import type { AuthServices } from '../context.ts';
import type { Sql } from '../data/database.ts';
import { putToken, type TokenType } from '../data/one-time-tokens.ts';
import { tooManyMails, unexpected } from '../http/errors.ts';
import { hashCode, markFlow, newCode } from './codes.ts';
import type { MailKind } from './outbox.ts';
import { fillTemplate } from './own-templates.ts';
import { renderMail } from './templates.ts';

/** What a link says it is: `verifyOtp`'s `type`, and that of `GET /verify`. */
export type LinkType = 'signup' | 'invite' | 'magiclink' | 'recovery' | 'email_change';

export interface Letter {
  kind: MailKind;
  userId: string;
  to: string;
  tokenType: TokenType;
  /** Absent where there is only a code. */
  linkType?: LinkType;
  redirectTo: string;
  pkce: boolean;
  /** In a change of addresses. */
  newAddress?: string;
}

export interface Issued {
  code: string;
  hash: string;
  link: string;
}

/** Makes a code and its link, and remembers the hash until it expires. Earlier ones of the kind stop working. */
export async function issue(services: AuthServices, tx: Sql, letter: Letter, now: Date): Promise<Issued> {
  const { otpLength, otpLifetime } = services.settings;
  const code = newCode(otpLength);
  const hash = markFlow(hashCode(letter.to, code), letter.pkce);
  const expiresAt = new Date(now.getTime() + otpLifetime * 1000);
  await putToken(
    tx,
    { userId: letter.userId, type: letter.tokenType, hash, address: letter.to, expiresAt },
    now,
  );
  const query = new URLSearchParams({
    token: hash,
    type: letter.linkType ?? '',
    redirect_to: letter.redirectTo,
  });
  return { code, hash, link: `${services.issuer()}/verify?${query}` };
}

/**
 * Issues a code and puts its mail into the folder. Call it last in a transaction: when the mail can't be written,
 * nothing else has happened. Throws 429 when the project's mails of this hour are used up.
 */
export async function post(services: AuthServices, tx: Sql, letter: Letter, now: Date): Promise<void> {
  services.emailLimit.take('', () => tooManyMails('email rate limit exceeded'));
  const issued = await issue(services, tx, letter, now);
  const { code, hash } = issued;
  const facts = { link: issued.link, code, newAddress: letter.newAddress ?? '' };
  const own = await fillTemplate(services.settings.templates, letter.kind, {
    SiteURL: services.settings.siteUrl,
    RedirectTo: letter.redirectTo,
    ConfirmationURL: issued.link,
    TokenHash: hash,
    Token: code,
    Email: letter.to,
    NewEmail: letter.newAddress ?? '',
  });
  // The text says the same and leads to the same place.
  const link = own?.link ?? issued.link;
  const rendered = renderMail(letter.kind, { ...facts, link });
  const hasLink = letter.linkType !== undefined;
  const mail = {
    kind: letter.kind,
    at: now.toISOString(),
    from: 'WellChina Chat <no-reply@wellchina.test>',
    to: letter.to,
    ...rendered,
    ...(own ? { html: own.html } : {}),
    token: code,
    ...(hasLink ? { link, tokenHash: hash, redirectTo: letter.redirectTo } : {}),
  };
  const file = await services.outbox.put(mail).catch((error: NodeJS.ErrnoException) => {
    services.log(`auth: a mail could not be written: ${error.code ?? error.name}`);
    throw unexpected(`Error sending ${letter.kind.replace('_', ' ')} email`);
  });
  services.log(`mail "${mail.subject}": ${file}`);
}
