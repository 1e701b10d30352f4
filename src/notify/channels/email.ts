import { createTransport } from 'nodemailer';
import type { Channel, Fate, Message } from '../channel.ts';
import { asPlainText, linkLabels, type MessageText, type Texts } from '../texts.ts';

export interface SmtpSettings {
  /** `smtp://user:password@host:port`, `smtps://` for TLS from the first byte. */
  url: string;
  from: string;
}

/** Together shorter than the notifier's patience. */
const TIMEOUTS = {
  connectionTimeout: 3_000,
  greetingTimeout: 3_000,
  socketTimeout: 5_000,
  dnsTimeout: 3_000,
};

/**
 * E-mail in the recipient's language. `accepted` when the server took it (250), which is not yet delivered. A temporary refusal (4xx) and a broken
 * connection are tried again, a permanent one (5xx) is final. One connection a message, so that a message that hangs holds up no
 * other; the Message-ID is that of the notification, so that a repeat can be told.
 */
export function createEmailChannel(deps: { smtp?: SmtpSettings; texts: Texts }): Channel {
  const { smtp } = deps;
  return {
    name: 'email',
    on: smtp !== undefined,
    reaches: (account) => smtp !== undefined && Boolean(account.email),
    async send(message) {
      const { email } = message.recipient;
      if (!smtp || !email) return { fate: 'failed', reason: 'no address' };
      const transport = createTransport({ ...TIMEOUTS, url: smtp.url });
      try {
        const sent = await transport.sendMail({
          from: smtp.from,
          to: email,
          ...contentOf(message, deps.texts),
        });
        return { fate: 'accepted', providerId: sent.messageId };
      } catch (error) {
        return fateOf(error);
      } finally {
        transport.close();
      }
    },
  };
}

function contentOf(message: Message, texts: Texts) {
  const { locale } = message.recipient;
  const text = texts(message, locale);
  return {
    messageId: `<notification-${message.id}@gridguard>`,
    subject: text.title,
    text: asPlainText(text, locale),
    html: asHtml(text, locale),
    headers: {
      'X-GridGuard-Notification': String(message.id),
      'Auto-Submitted': 'auto-generated',
      ...(message.incidentId === null ? {} : { Importance: 'high', 'X-Priority': '1' }),
    },
  };
}

function asHtml(text: MessageText, locale: string): string {
  const labels = linkLabels(locale);
  const link = (label: string, url: string | undefined) =>
    url ? `<p><a href="${escapeHtml(url)}">${escapeHtml(label)}</a></p>` : '';
  return [
    `<!doctype html><html lang="${locale.startsWith('en') ? 'en' : 'zh-CN'}"><meta charset="utf-8"><body>`,
    `<h2>${escapeHtml(text.title)}</h2>`,
    ...text.lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    link(labels.map, text.mapLink),
    link(labels.open, text.link),
    '</body></html>',
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => entities[c] ?? c);

/** nodemailer puts the server's reply code into `responseCode`, and the place of a fault without one into `code`. */
function fateOf(error: unknown): Fate {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  const reason = responseCode ? `smtp ${responseCode}` : (code ?? 'smtp error');
  return responseCode !== undefined && responseCode >= 500
    ? { fate: 'failed', reason }
    : { fate: 'retry', reason };
}
