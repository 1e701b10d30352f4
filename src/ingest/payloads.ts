import type { PayloadReading, Protocol, ProtocolSession, Uplink } from '../model/uplinks.ts';
import { AppError } from '../platform/errors.ts';
import type { CodecFolder } from './codecs/ports.ts';
import type { IngestDeps } from './ports.ts';

/** Uplinks that may wait for the operator's codecs, of everybody and of one device. */
const MOST_WAITING = 10_000;
const MOST_OF_ONE = 200;

/** What the operator's own files make of uplinks, asked before they are decoded. */
export interface Payloads {
  /**
   * Calls `next` with the uplink once the files have said what they make of it: at once where there is nothing to ask. Of one device in the
   * order of arrival; nobody waits for another one's codec. Throws INGEST_OVERLOADED.
   */
  prepare(uplink: Uplink, session: ProtocolSession, next: (uplink: Uplink) => void): void;
}

export function createPayloads(
  deps: Pick<IngestDeps, 'protocols' | 'registry' | 'log'> & { codecs: Pick<CodecFolder, 'resolve'> },
): Payloads {
  const { protocols, registry, codecs, log } = deps;
  const queues = new Map<string, { last: Promise<void>; length: number }>();
  let waiting = 0;

  const ask = (protocol: Protocol, payload: NonNullable<ReturnType<typeof payloadOf>>) => {
    const known = registry.peek(protocol.name, payload.nativeId);
    if (known !== undefined) return codecs.resolve(payload, known?.model);
    const spelling = { protocol: protocol.name, spelling: payload.nativeId };
    return registry
      .load([spelling])
      .then(() => codecs.resolve(payload, registry.peek(protocol.name, payload.nativeId)?.model));
  };
  const payloadOf = (protocol: Protocol, uplink: Uplink, session: ProtocolSession) => {
    try {
      return protocol.payloadOf?.(uplink, session);
    } catch (error) {
      log.error({ err: error, protocol: protocol.name }, 'what a payload is could not be told');
      return undefined;
    }
  };
  const wait = (key: string, work: () => Promise<void>): void => {
    const queue = queues.get(key) ?? { last: Promise.resolve(), length: 0 };
    if (waiting >= MOST_WAITING || queue.length >= MOST_OF_ONE)
      throw new AppError('INGEST_OVERLOADED', 'too much waits for codecs', { retryable: true, status: 503 });
    queues.set(key, queue);
    waiting++;
    queue.length++;
    queue.last = queue.last.then(work).finally(() => {
      waiting--;
      if (--queue.length === 0) queues.delete(key);
    });
  };
  return {
    prepare(uplink, session, next) {
      const protocol = protocols.get(uplink.protocol);
      const payload = protocol?.payloadOf && payloadOf(protocol, uplink, session);
      if (!protocol || !payload) {
        next(uplink);
        return;
      }
      const key = `${uplink.protocol}\n${payload.nativeId}`;
      const reading = ask(protocol, payload);
      if (!(reading instanceof Promise) && !queues.has(key)) {
        next(uplink);
        return;
      }
      wait(key, async () => next(withPayload(uplink, await orNothing(reading))));
    },
  };
}

const orNothing = (reading: Promise<PayloadReading | undefined> | undefined) =>
  Promise.resolve(reading).catch(() => undefined);

const withPayload = (uplink: Uplink, payload: PayloadReading | undefined): Uplink =>
  payload === undefined ? uplink : { ...uplink, payload };
