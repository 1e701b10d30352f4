import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Channel, Fate, Message, Recipient } from '../../src/notify/channel.ts';
import { createChannels } from '../../src/notify/channels.ts';
import { createVirtualClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { LIVE_CHANNEL } from '../../src/platform/live-store.ts';
import { openTestDatabase } from '../harness/postgres.ts';
import { NOON } from '../harness/readings.ts';
import { unfriendliness, unfriendlyServer } from '../harness/unfriendly.ts';
import { until } from '../harness/until.ts';

const SECRET = 'a shared secret';
/** Shorter than ours, for servers that hang. */
const IMPATIENT = 'greetingTimeout=400&socketTimeout=400&connectionTimeout=400';

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
let database: Database;
let closeDatabase: () => Promise<void>;
beforeAll(async () => {
  ({ database, close: closeDatabase } = await openTestDatabase());
});
afterAll(() => closeDatabase());
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function channels(smtpPort?: number, smtpOptions = 'ignoreTLS=true'): Map<string, Channel> {
  const all = createChannels({
    database,
    clock: createVirtualClock(NOON),
    timeZone: 'Asia/Shanghai',
    publicUrl: 'https://gridguard.example',
    ...(smtpPort === undefined
      ? {}
      : { smtp: { url: `smtp://127.0.0.1:${smtpPort}?${smtpOptions}`, from: 'GridGuard <gg@example.org>' } }),
  });
  return new Map(all.map((channel) => [channel.name, channel]));
}

function channel(name: string, smtpPort?: number, smtpOptions?: string): Channel {
  const found = channels(smtpPort, smtpOptions).get(name);
  if (!found) throw new Error(`no channel ${name}`);
  return found;
}

function message(recipient: Partial<Recipient> = {}, given: Partial<Message> = {}): Message {
  return {
    id: 41,
    attempt: 1,
    template: 'incident_raised',
    incidentId: 12,
    ticketId: null,
    alertId: null,
    why: 'worker',
    payload: {
      kind: 'sos',
      subjectName: '王秀英 <script>',
      address: '茅圻村三组 12 号',
      raisedAt: NOON,
      nativeId: '861234567890123',
      location: { latitude: 30.39, longitude: 114.88, accuracyM: 12, source: 'gps', fresh: true },
    },
    recipient: {
      id: 1,
      name: '李强',
      locale: 'zh-CN',
      email: 'li@example.org',
      webhookUrl: null,
      webhookSecret: SECRET,
      ...recipient,
    },
    createdAt: NOON,
    signal: AbortSignal.timeout(20_000),
    ...given,
  };
}

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

async function receiver(answer: { status: number; headers?: Record<string, string> }) {
  const received: Received[] = [];
  const server: Server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: Buffer.concat(await request.toArray()).toString() });
    response.writeHead(answer.status, answer.headers).end('the answer');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

async function mailServer(options: SMTPServerOptions = {}) {
  const mails: { from: string; to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onData(stream, session, callback) {
      stream.toArray().then((chunks) => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map((r) => r.address),
          text: Buffer.concat(chunks).toString(),
        });
        callback();
      }, callback);
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => new Promise<void>((resolve) => server.close(resolve)));
  return { mails, port: (server.server.address() as AddressInfo).port };
}

const refusal = (responseCode: number) => Object.assign(new Error('refused'), { responseCode });

/** Those that speak to a server of somebody else; every new one takes part in these tests. */
const remote = [...channels().keys()].filter((name) => name !== 'live');

describe('every channel', () => {
  it('has a name of its own, and one that is off reaches nobody', () => {
    const all = [...channels().values()];
    expect(all.map((c) => c.name)).toEqual(['live', 'webhook', 'email']);
    const account = { email: 'a@example.org', webhookUrl: 'https://example.org/' };
    for (const each of all) if (!each.on) expect(each.reaches(account)).toBe(false);
    expect(channels(25).get('email')?.reaches(account)).toBe(true);
  });

  it.each(remote)('%s reaches nobody without an address, and says so when asked to send', async (name) => {
    const each = channel(name, 25);
    expect(each.reaches({ email: null, webhookUrl: null })).toBe(false);
    const fate = await each.send(message({ email: null, webhookUrl: null }));
    expect(fate).toEqual({ fate: 'failed', reason: 'no address' });
  });

  const cases = remote.flatMap((name) => Object.keys(unfriendliness).map((how) => [name, how] as const));
  it.each(cases)('%s: a message is tried again when the other side does "%s"', async (name, how) => {
    const server = await unfriendlyServer(unfriendliness[how as keyof typeof unfriendliness]);
    cleanUp.push(() => server.close());
    const webhookUrl = `http://127.0.0.1:${server.port}/`;
    const impatient = message({ webhookUrl }, { signal: AbortSignal.timeout(700) });
    const fate = await channel(name, server.port, IMPATIENT).send(impatient);
    expect(fate.fate).toBe('retry');
    expect(reasonOf(fate)).toMatch(/^[\w ]+$/);
    expect(server.connections).toBeGreaterThan(0);
  });

  it.each(remote)('%s: a message is tried again when nobody listens', async (name) => {
    const { port, close } = await unfriendlyServer(() => {});
    await close();
    const fate = await channel(name, port).send(message({ webhookUrl: `http://127.0.0.1:${port}/` }));
    expect(fate.fate).toBe('retry');
  });
});

const reasonOf = (fate: Fate): string => ('reason' in fate ? fate.reason : '');

describe('live', () => {
  it('rings the pages of the recipient and is accepted', async () => {
    const heard: unknown[] = [];
    await database.listen(LIVE_CHANNEL, (payload) => heard.push(JSON.parse(payload)));
    expect(await channel('live').send(message())).toEqual({ fate: 'accepted' });
    await channel('live').send(message({}, { template: 'notice', incidentId: null, alertId: 7 }));
    await until(() => heard.length === 2);
    expect(heard[1]).toMatchObject({ type: 'alert', id: 7, ring: false, accounts: [1] });
    expect(heard[0]).toEqual({
      type: 'incident',
      id: 12,
      ring: true,
      accounts: [1],
      template: 'incident_raised',
      notificationId: 41,
    });
  });
});

describe('webhook', () => {
  it('is delivered with 2xx, signed so that the receiver can check it, and says what happened', async () => {
    const { received, url } = await receiver({ status: 204 });
    expect(await channel('webhook').send(message({ webhookUrl: url }))).toEqual({ fate: 'delivered' });
    const { headers, body } = received[0] ?? { headers: {}, body: '' };
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-gridguard-signature'])) ?? [];
    expect(v1).toBe(createHmac('sha256', SECRET).update(`${t}.${body}`).digest('hex'));
    expect(Number(t)).toBe(NOON);
    expect(headers['x-gridguard-notification']).toBe('41');
    expect(JSON.parse(body)).toMatchObject({
      notificationId: 41,
      incidentId: 12,
      template: 'incident_raised',
      link: 'https://gridguard.example/incidents/12',
      payload: { subjectName: '王秀英 <script>' },
    });
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('%d is tried again', async (status) => {
    const { url } = await receiver({ status });
    expect(await channel('webhook').send(message({ webhookUrl: url }))).toEqual({
      fate: 'retry',
      reason: `http ${status}`,
    });
  });

  it.each([301, 302, 307, 400, 401, 403, 404, 410, 422])(
    '%d is final, and no redirect is followed',
    async (status) => {
      const elsewhere = await receiver({ status: 200 });
      const { url } = await receiver({ status, headers: { location: elsewhere.url } });
      expect(await channel('webhook').send(message({ webhookUrl: url }))).toEqual({
        fate: 'failed',
        reason: `http ${status}`,
      });
      expect(elsewhere.received).toEqual([]);
    },
  );

  it.each([
    ['7', 7_000],
    [new Date(NOON + 60_000).toUTCString(), 60_000],
    [new Date(NOON - 60_000).toUTCString(), 0],
    ['soon', undefined],
  ])('waits as long as Retry-After says: %s', async (value, afterMs) => {
    const { url } = await receiver({ status: 429, headers: { 'retry-after': value } });
    const fate = await channel('webhook').send(message({ webhookUrl: url }));
    expect(fate).toEqual({
      fate: 'retry',
      reason: 'http 429',
      ...(afterMs === undefined ? {} : { afterMs }),
    });
  });

  it.each(['file:///etc/passwd', 'gopher://127.0.0.1/', 'javascript:alert(1)', 'not a url', ''])(
    'does not reach %s',
    async (webhookUrl) => {
      expect(channel('webhook').reaches({ email: null, webhookUrl })).toBe(false);
      expect(await channel('webhook').send(message({ webhookUrl }))).toMatchObject({ fate: 'failed' });
    },
  );

  it('sends nothing that it cannot sign', async () => {
    const { received, url } = await receiver({ status: 200 });
    const fate = await channel('webhook').send(message({ webhookUrl: url, webhookSecret: null }));
    expect(fate).toEqual({ fate: 'failed', reason: 'no secret to sign with' });
    expect(received).toEqual([]);
  });
});

describe('e-mail by a real SMTP server', () => {
  it('is accepted with 250, in Chinese, as text and as HTML, with the id of the notification', async () => {
    const { mails, port } = await mailServer();
    const fate = await channel('email', port).send(message());
    expect(fate).toEqual({ fate: 'accepted', providerId: '<notification-41@gridguard>' });
    const mail = mails[0];
    expect(mail).toMatchObject({ from: 'gg@example.org', to: ['li@example.org'] });
    const text = decodeMail(mail?.text ?? '');
    expect(text).toContain('茅圻村三组 12 号');
    expect(text).toContain('https://gridguard.example/incidents/12');
    expect(text).toContain('王秀英 &lt;script&gt;');
    expect(text).toContain('20:00:00');
    expect(mail?.text).toContain('Message-ID: <notification-41@gridguard>');
  });

  it('is in English for who reads English', async () => {
    const { mails, port } = await mailServer();
    await channel('email', port).send(message({ locale: 'en' }));
    expect(decodeMail(mails[0]?.text ?? '')).toContain('please respond now');
  });

  const refusing: [string, (code: number) => SMTPServerOptions][] = [
    ['the connection', (code) => ({ onConnect: (_, done) => done(refusal(code)) })],
    ['the sender', (code) => ({ onMailFrom: (_a, _s, done) => done(refusal(code)) })],
    ['the recipient', (code) => ({ onRcptTo: (_a, _s, done) => done(refusal(code)) })],
    [
      'the content',
      (code) => ({
        onData(stream, _session, done) {
          stream.resume().on('end', () => done(refusal(code)));
        },
      }),
    ],
  ];
  it.each(refusing)('is tried again when %s is refused for now', async (_what, options) => {
    const { port } = await mailServer(options(451));
    expect(await channel('email', port).send(message())).toEqual({ fate: 'retry', reason: 'smtp 451' });
  });

  it.each(refusing)('is final when %s is refused for good', async (_what, options) => {
    const { mails, port } = await mailServer(options(550));
    expect(await channel('email', port).send(message())).toEqual({ fate: 'failed', reason: 'smtp 550' });
    expect(mails).toEqual([]);
  });

  it('a name cannot add a header or a recipient', async () => {
    const { mails, port } = await mailServer();
    const payload = { kind: 'sos', subjectName: 'x\r\nBcc: thief@example.org\r\n\r\nhello' };
    await channel('email', port).send(message({}, { payload }));
    expect(mails[0]?.to).toEqual(['li@example.org']);
    expect(mails[0]?.text).not.toMatch(/^Bcc:/im);
  });
});

/** Headers and parts of a mail with their transfer encodings undone, good enough to look for words. */
function decodeMail(source: string): string {
  const words = source.replace(/=\?UTF-8\?B\?([^?]*)\?=/gi, (_, b: string) =>
    Buffer.from(b, 'base64').toString(),
  );
  const base64 = words.replace(/(?:^[A-Za-z0-9+/]{40,}={0,2}\r?\n?)+(?:^[A-Za-z0-9+/=]+$)?/gm, (block) =>
    Buffer.from(block, 'base64').toString(),
  );
  const quoted = base64
    .replace(/=\r?\n/g, '')
    .replace(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString());
  return quoted;
}
