import { createHash, timingSafeEqual } from 'node:crypto';
import type { Protocol } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import { createAdmission } from './admission.ts';
import { createGarbageGuard, isUnderstood, peek } from './garbage-guard.ts';
import type { DownlinkSource, Intake, Uplink } from './ports.ts';

export const MOST_PUSH_BYTES = 1024 * 1024;
const KEPT_OF_REFUSED = 512;

export interface PushRequest {
  source: string;
  /** What follows the source in the path, with its slash, and the query, with its question mark; as they came. */
  path: string;
  query: string;
  bytes: Uint8Array;
  /** Remote address. */
  address: string;
}

export interface PushAnswer {
  contentType: string;
  bytes: Uint8Array;
}

/** Messages that clouds and devices bring by HTTP. */
export interface HttpPush {
  /**
   * Makes room for a request of at most so many bytes before its body is read; the result gives it back. Throws PUSH_OVERLOADED (503) where
   * too many are under way: the sender is to repeat it.
   */
  admit(address: string, bytes: number): () => void;
  /**
   * Resolves once the message is stored; what was not understood is stored and answered too. Throws PUSH_SOURCE_UNKNOWN (404), PUSH_KEY_WRONG (401), PUSH_TOO_MUCH_GARBAGE (429),
   * INGEST_OVERLOADED (503) and the failures of the database.
   */
  receive(request: PushRequest): Promise<PushAnswer>;
}

export interface HttpPushOptions {
  protocols: readonly Protocol[];
  /** Must be given as `key` in the query or as the first level of the path. */
  key?: string | undefined;
  intake: Intake;
  downlinks: DownlinkSource;
  clock: Clock;
  log: Logger;
}

export function createHttpPush(options: HttpPushOptions): HttpPush {
  const { intake, downlinks, clock, log, key } = options;
  const admission = createAdmission();
  const garbage = createGarbageGuard(clock);
  const bySource = new Map(
    options.protocols.flatMap((protocol) => (protocol.http ? [[protocol.http.source, protocol]] : [])),
  ) as ReadonlyMap<string, Protocol & { http: { contentType: string } }>;

  const refuse = (uplink: Uplink): never => {
    if (!garbage.isOver(uplink.source))
      intake
        .refuse({ ...uplink, bytes: uplink.bytes.subarray(0, KEPT_OF_REFUSED) }, 'forbidden', 'wrong key')
        .catch((error: unknown) => log.warn({ err: error }, 'a refusal could not be recorded'));
    garbage.note(uplink.source);
    throw new AppError('PUSH_KEY_WRONG', 'the key is missing or wrong', { status: 401 });
  };
  return {
    admit: admission.enter,
    async receive({ source, path, query, bytes, address }) {
      const protocol = bySource.get(source);
      if (!protocol)
        throw new AppError('PUSH_SOURCE_UNKNOWN', `no protocol takes messages of ${source}`, {
          status: 404,
          details: { source },
        });
      const unlocked = unlock(key, path, query);
      const uplink: Uplink = {
        protocol: protocol.name,
        transport: 'http',
        bytes,
        topic: unlocked ?? '',
        receivedAt: clock.now(),
        source: address,
      };
      if (unlocked === undefined) return refuse(uplink);
      const conversation = { session: {} };
      if (garbage.isOver(address) && !isUnderstood(peek(protocol, uplink, conversation.session)))
        throw new AppError('PUSH_TOO_MUCH_GARBAGE', 'too much that is not understood', { status: 429 });
      const { decoded, outcome, device } = await intake.accept(uplink, conversation);
      if (outcome === 'undecodable') garbage.note(address);
      const { nativeId, downlinkAnswer } = decoded;
      if (device && nativeId !== undefined && downlinkAnswer)
        await downlinks.answered({ protocol: protocol.name, nativeId, ...conversation }, downlinkAnswer);
      const [reply] = decoded.replies;
      if (reply) return { contentType: contentTypeOf(protocol.http.contentType, reply), bytes: reply };
      return { contentType: 'application/json', bytes: Buffer.from('{}') };
    },
  };
}

/** A language that answers in text may still have answers of bare bytes. */
function contentTypeOf(told: string, [first = 0x20]: Uint8Array): string {
  return first < 0x20 ? 'application/octet-stream' : told;
}

/** Path and query without the key; undefined where it is not the right one. */
function unlock(key: string | undefined, path: string, query: string): string | undefined {
  if (key === undefined) return path + query;
  const [, first = '', ...rest] = path.split('/');
  if (isSame(decoded(first), key)) return rest.length > 0 ? `/${rest.join('/')}${query}` : query;
  const parts = query.replace(/^\?/, '').split('&');
  const at = parts.findIndex((part) => part.startsWith('key=') && isSame(decoded(part.slice(4)), key));
  if (at < 0) return undefined;
  const others = parts.toSpliced(at, 1).join('&');
  return others === '' ? path : `${path}?${others}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** In a time that tells nothing of where they differ. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
