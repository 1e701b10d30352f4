import type { Reading } from '../model/readings.ts';
import type { Decoded, Protocol, ProtocolSession, Uplink, UplinkOutcome } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import type { Precedence } from '../platform/precedence.ts';
import { type Attributed, type AttributedDevice, attribute } from './attribute.ts';
import { type Commit, isDataFault, type LifeRow, type UplinkRow, writeCommit } from './commit-store.ts';
import { Lane } from './lane.ts';
import { retransmissionKey } from './retransmission.ts';
import { createSightings, type SightingStore, type Sightings } from './sightings.ts';

/** What a connection is to ingest: the session that its protocol keeps, replaced after each frame. */
export interface Conversation {
  session: ProtocolSession;
}

export interface Accepted {
  outcome: UplinkOutcome;
  decoded: Decoded;
  device: AttributedDevice | null;
}

export interface Ingest {
  /**
   * Takes an uplink; resolves once the transaction that holds it has committed, and only then may it be answered.
   * Rejects with INGEST_OVERLOADED (nothing stored, the device is to repeat) or with the failure of the database.
   */
  accept(uplink: Uplink, conversation: Conversation): Promise<Accepted>;
  /** Records bytes that were refused before they could be understood. */
  refuse(uplink: Uplink, outcome: 'forbidden' | 'undecodable', reason: string): Promise<void>;
  /** Counts since the start, for metrics. */
  counts(): Readonly<Record<UplinkOutcome, number>>;
  close(): Promise<void>;
}

export interface IngestDeps {
  database: Database;
  clock: Clock;
  log: Logger;
  protocols: ReadonlyMap<string, Protocol>;
  registry: {
    peek(
      protocol: string,
      spelling: string,
    ): { id: number; subjectId: number | undefined } | null | undefined;
    load(spellings: readonly { protocol: string; spelling: string }[]): Promise<void>;
  };
  partitions: number;
  sightings: SightingStore;
  /** Life events before telemetry. */
  precedence: Precedence;
  /** Called after the commit; what it returns for life events is waited for before more telemetry is written. */
  woken(partitions: readonly number[], lifeEvents: number): Promise<unknown> | undefined;
}

/** Decoded in one go; other sockets get their turn after some slices, or an SOS would wait behind what a full chunk brought. */
const SLICE = 64;
const TURN_MS = 4;
/** What may wait before telemetry is shed; life events and keep-alives are never shed. */
const MOST_WAITING = 20_000;
/** A group commit holds at most this many uplinks: one is under way at a time, so a batch is what came during the last one. */
const MOST_TOGETHER = 200;
const REASON_REPEATED = 'a repetition of an uplink that was taken already';

interface Intake {
  uplink: Uplink;
  conversation: Conversation;
  resolve(accepted: Accepted): void;
  reject(error: unknown): void;
}

interface Prepared {
  row: UplinkRow;
  readings: Reading[];
  life: Omit<LifeRow, 'uplink'>[];
  partition: number;
}

/** The path of every uplink: decode → attribute → check → commit → answer. */
export function createIngest(deps: IngestDeps): Ingest {
  return new Pipeline(deps);
}

class Pipeline implements Ingest {
  #deps: IngestDeps;
  #intake: Intake[] = [];
  #pumping = false;
  #sequences = new RecentSequences();
  #sightings: Sightings;
  /** Two lanes, so that the database writes one batch while the next is gathered; a partition keeps to its own, and its order. */
  #even: Lane<Prepared>;
  #odd: Lane<Prepared>;
  #life: Lane<Prepared>;
  #counts: Record<UplinkOutcome, number> = {
    ok: 0,
    duplicate: 0,
    unknown_device: 0,
    undecodable: 0,
    empty: 0,
    forbidden: 0,
    shed: 0,
  };

  constructor(deps: IngestDeps) {
    this.#deps = deps;
    const commit = (items: Prepared[]) => this.#commit(items);
    const mayStart = () => !deps.precedence.given();
    const telemetry = { width: 1, most: MOST_TOGETHER, commit, splits: isDataFault, mayStart };
    this.#even = new Lane(telemetry);
    this.#odd = new Lane(telemetry);
    this.#life = new Lane({ width: 6, most: 50, commit, splits: isDataFault });
    deps.precedence.onRelease(() => this.#flush());
    this.#sightings = createSightings(deps.clock, deps.sightings, deps.log);
  }

  accept(uplink: Uplink, conversation: Conversation): Promise<Accepted> {
    return new Promise((resolve, reject) => {
      this.#intake.push({ uplink, conversation, resolve, reject });
      if (!this.#pumping) void this.#pump();
    });
  }

  async refuse(uplink: Uplink, outcome: 'forbidden' | 'undecodable', reason: string): Promise<void> {
    this.#counts[outcome]++;
    const row = rowOf(uplink, { outcome, reason, nativeId: uplink.claimedId ?? null, command: '' });
    const done = this.#even.add({ row, readings: [], life: [], partition: -1 });
    this.#flush();
    await done;
  }

  counts(): Readonly<Record<UplinkOutcome, number>> {
    return this.#counts;
  }

  close(): Promise<void> {
    return this.#sightings.close();
  }

  async #pump(): Promise<void> {
    const { clock } = this.#deps;
    this.#pumping = true;
    let turn = clock.now();
    while (this.#intake.length > 0) {
      const slice = this.#intake.splice(0, SLICE);
      try {
        await this.#take(slice);
      } catch (error) {
        for (const one of slice) one.reject(error);
      }
      this.#flush();
      if (clock.now() - turn < TURN_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turn = clock.now();
    }
    this.#pumping = false;
  }

  /** Life events first; telemetry waits for a moment while one is on its way. */
  #flush(): void {
    this.#life.flush();
    this.#even.flush();
    this.#odd.flush();
  }

  async #take(slice: readonly Intake[]): Promise<void> {
    const decoded = slice.map((one) => this.#decode(one));
    await this.#know(
      slice.flatMap(({ uplink: { protocol } }, i) => {
        const spelling = decoded[i]?.nativeId;
        return spelling === undefined ? [] : [{ protocol, spelling }];
      }),
    );
    slice.forEach((one, i) => {
      const result = decoded[i];
      try {
        if (result) this.#check(one, result);
      } catch (error) {
        one.reject(error);
      }
    });
  }

  /** Until every device of the slice is remembered at the same moment: one that changes meanwhile is forgotten and asked for again. */
  async #know(spellings: readonly { protocol: string; spelling: string }[]): Promise<void> {
    const { registry } = this.#deps;
    for (;;) {
      const missing = spellings.filter((s) => registry.peek(s.protocol, s.spelling) === undefined);
      if (missing.length === 0) return;
      await registry.load(missing);
    }
  }

  #decode({ uplink, conversation }: Intake): Decoded {
    const protocol = this.#deps.protocols.get(uplink.protocol);
    if (!protocol) throw new AppError('INGEST_NO_PROTOCOL', `no protocol ${uplink.protocol}`);
    try {
      const decoded = protocol.decode(conversation.session, uplink);
      conversation.session = decoded.session;
      return decoded;
    } catch (error) {
      // Decoders do not throw; one that does must not take its neighbours, an SOS among them, along.
      this.#deps.log.error({ err: error, protocol: uplink.protocol }, 'a decoder threw');
      const reason = 'the decoder failed on it';
      const { session } = conversation;
      return { session, outcome: 'undecodable', readings: [], replies: [], command: '', reason };
    }
  }

  #check(one: Intake, decoded: Decoded): void {
    const { uplink } = one;
    const device = this.#deviceOf(uplink, decoded);
    const attributed = attribute(uplink, decoded, device);
    const outcome = this.#outcomeOf(uplink, decoded, device, attributed);
    const urgent = attributed.lifeEvents.length > 0;
    const partition = this.#partitionOf(device);
    if (!urgent && decoded.outcome !== 'empty' && this.#laneOf(partition).length >= MOST_WAITING) {
      this.#counts.shed++;
      this.#sightings.shed(uplink.protocol, decoded.nativeId ?? '');
      one.reject(
        new AppError('INGEST_OVERLOADED', 'too much waits to be stored', { retryable: true, status: 503 }),
      );
      return;
    }
    if (outcome === 'unknown_device' && decoded.nativeId !== undefined)
      this.#sightings.note(uplink, decoded.nativeId);
    if (outcome === 'empty' && device) this.#sightings.alive(device.id, uplink.receivedAt);
    if (urgent) this.#deps.precedence.begin();
    const key = urgent ? retransmissionKey(uplink, decoded) : undefined;
    const lane = urgent ? this.#life : this.#laneOf(partition);
    const kept = outcome === 'duplicate' ? [] : attributed.readings;
    lane
      .add({
        row: rowOf(uplink, {
          outcome,
          nativeId: decoded.nativeId ?? uplink.claimedId ?? null,
          command: decoded.command,
          deviceId: device?.id ?? null,
          reason: outcome === 'duplicate' ? REASON_REPEATED : (attributed.reason ?? null),
          readingCount: kept.length,
        }),
        readings: kept,
        life: key ? attributed.lifeEvents.map((event) => ({ key, event })) : [],
        partition,
      })
      .then(() => {
        this.#counts[outcome]++;
        one.resolve({ outcome, decoded, device });
      }, one.reject);
  }

  #deviceOf(uplink: Uplink, decoded: Decoded): AttributedDevice | null {
    if (decoded.nativeId === undefined) return null;
    return this.#deps.registry.peek(uplink.protocol, decoded.nativeId) ?? null;
  }

  #outcomeOf(
    uplink: Uplink,
    decoded: Decoded,
    device: AttributedDevice | null,
    attributed: Attributed,
  ): UplinkOutcome {
    if (decoded.outcome === 'undecodable') return 'undecodable';
    if (!device) return 'unknown_device';
    if (decoded.outcome === 'empty') return 'empty';
    const repeated =
      attributed.lifeEvents.length === 0 &&
      decoded.sequence !== undefined &&
      this.#sequences.seen(retransmissionKey(uplink, decoded).key, uplink.receivedAt);
    return repeated ? 'duplicate' : 'ok';
  }

  /** The scope of a reading is the wearer, so that all her devices are read in order, else the device. */
  #partitionOf(device: AttributedDevice | null): number {
    if (!device) return -1;
    const scope = device.subjectId === undefined ? device.id * 2 : device.subjectId * 2 + 1;
    return (Math.imul(scope, 0x9e3779b1) >>> 8) % this.#deps.partitions;
  }

  #laneOf(partition: number): Lane<Prepared> {
    return partition % 2 === 1 ? this.#odd : this.#even;
  }

  async #commit(items: Prepared[]): Promise<void> {
    const commit: Commit = { uplinks: [], log: new Map(), life: [] };
    const byPartition = new Map<number, Reading[]>();
    items.forEach((item, i) => {
      commit.uplinks.push(item.row);
      for (const life of item.life) commit.life.push({ uplink: i, ...life });
      if (item.partition < 0 || item.readings.length === 0) return;
      const together = byPartition.get(item.partition);
      if (together) together.push(...item.readings);
      else byPartition.set(item.partition, [...item.readings]);
    });
    for (const [partition, readings] of byPartition) commit.log.set(partition, logText(readings));
    const fresh = await writeCommit(this.#deps.database.pool, commit);
    const passed = this.#deps.woken([...byPartition.keys()], fresh);
    if (commit.life.length > 0) this.#deps.precedence.until(passed);
  }
}

/** Log rows are read by consumers that write jsonb, which takes neither NUL nor half a surrogate pair. */
function logText(readings: Reading[]): string {
  const text = JSON.stringify({ readings });
  return text.includes('\\u') ? text.replace(/\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '\\ufffd') : text;
}

type RowFacts = Pick<UplinkRow, 'outcome' | 'reason' | 'nativeId' | 'command'> &
  Partial<Pick<UplinkRow, 'deviceId' | 'readingCount'>>;

function rowOf(uplink: Uplink, facts: RowFacts): UplinkRow {
  return {
    receivedAt: uplink.receivedAt,
    protocol: uplink.protocol,
    transport: uplink.transport,
    source: uplink.source,
    topic: uplink.topic ?? null,
    bytes: uplink.bytes,
    deviceId: null,
    readingCount: 0,
    ...facts,
  };
}

/** Sequence numbers of the last minutes; telemetry that is counted twice harms nothing, so memory is enough. */
class RecentSequences {
  #now = new Set<string>();
  #before = new Set<string>();
  #turnedAt = 0;

  seen(key: string, now: number): boolean {
    if (now - this.#turnedAt > 60_000 || this.#now.size > 200_000) {
      this.#before = this.#now;
      this.#now = new Set();
      this.#turnedAt = now;
    }
    if (this.#now.has(key) || this.#before.has(key)) return true;
    this.#now.add(key);
    return false;
  }
}
