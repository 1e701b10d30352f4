import { createHmac } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Channel, Fate, Message } from '../channel.ts';
import { asPlainText, type Texts } from '../texts.ts';

/** Answers after which the same message may still pass. */
const WORTH_A_RETRY = new Set([408, 425, 429]);

/**
 * POSTs JSON to the address of the account, signed as `X-GridGuard-Signature: t=<ms>,v1=<hex HMAC-SHA256(secret, t + "." + body)>`; a receiver
 * recomputes it over the raw body, refuses an old `t`, and knows a repeat by `X-GridGuard-Notification`. Redirects are not followed and nothing of an
 * answer is kept or shown: whoever sets an address (admins only) can make this server post to hosts that it reaches, but can read
 * nothing from them.
 */
export function createWebhookChannel(deps: { clock: Clock; texts: Texts }): Channel {
  return {
    name: 'webhook',
    on: true,
    reaches: (account) => isWebAddress(account.webhookUrl),
    async send(message) {
      const { webhookUrl, webhookSecret } = message.recipient;
      if (!isWebAddress(webhookUrl)) return { fate: 'failed', reason: 'no address' };
      if (!webhookSecret) return { fate: 'failed', reason: 'no secret to sign with' };
      const body = JSON.stringify(bodyOf(message, deps.texts));
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'GridGuard',
        'x-gridguard-notification': String(message.id),
        'x-gridguard-signature': signature(webhookSecret, body, deps.clock.now()),
      };
      try {
        const response = await fetch(webhookUrl, {
          method: 'POST',
          headers,
          body,
          redirect: 'manual',
          signal: message.signal,
        });
        await response.body?.cancel();
        return fateOf(response, deps.clock.now());
      } catch (error) {
        return { fate: 'retry', reason: connectionProblem(error) };
      }
    },
  };
}

/** The value of the signature header; `t` is signed too, so that a recorded request cannot be sent again later. */
export function signature(secret: string, body: string, atMs: number): string {
  return `t=${atMs},v1=${createHmac('sha256', secret).update(`${atMs}.${body}`).digest('hex')}`;
}

function bodyOf(message: Message, texts: Texts): Record<string, unknown> {
  const { id, template, incidentId, ticketId, alertId, why, createdAt, payload, recipient } = message;
  const text = texts(message, recipient.locale);
  return {
    notificationId: id,
    template,
    incidentId,
    ticketId,
    alertId,
    why,
    createdAt,
    recipient: { id: recipient.id, name: recipient.name },
    title: text.title,
    text: asPlainText(text, recipient.locale),
    link: text.link ?? null,
    payload,
  };
}

function fateOf(response: Response, now: number): Fate {
  const reason = `http ${response.status}`;
  if (response.ok) return { fate: 'delivered' };
  if (response.status < 500 && !WORTH_A_RETRY.has(response.status)) return { fate: 'failed', reason };
  const afterMs = retryAfterMs(response.headers.get('retry-after'), now);
  return { fate: 'retry', reason, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function isWebAddress(address: string | null): address is string {
  if (address === null || !URL.canParse(address)) return false;
  const { protocol } = new URL(address);
  return protocol === 'http:' || protocol === 'https:';
}

/** The code of the system or of the HTTP client (`ECONNREFUSED`, `UND_ERR_SOCKET`), never its text: it may hold the address. */
function connectionProblem(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  if (error instanceof Error && error.name === 'AbortError') return 'timeout';
  return typeof cause?.code === 'string' ? cause.code : 'connection failed';
}
