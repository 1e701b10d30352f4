import type { DecodedReading } from '../model/readings.ts';
import type { Decoded, Uplink, UplinkOutcome } from '../model/uplinks.ts';
import { AppError } from '../platform/errors.ts';
import { type Assessed, assessAll } from './assess.ts';
import { isDataFault, writeCommit } from './commit-store.ts';
import { type Conversation, createGateways, GatewayConversation, type Gateways } from './gateways.ts';
import { Lane } from './lane.ts';
import { LevelReports } from './level-reports.ts';
import { createPayloads, type Payloads } from './payloads.ts';
import type { Accepted, Ingest, IngestDeps } from './ports.ts';
import { commitOf, type Prepared } from './prepared.ts';
import { RecentSequences } from './retransmission.ts';
import { createSightings, type Sightings } from './sightings.ts';
import { type Spelling, spellingsIn, twinSpellings } from './speaker.ts';
import { rowOf } from './uplink-row.ts';

/** Decoded in one go; other sockets get their turn after some slices, or an SOS would wait behind what a full chunk brought. */
const SLICE = 64;
const TURN_MS = 4;
/** What may wait before telemetry is shed; life events and keep-alives are never shed. */
const MOST_WAITING = 20_000;
/** A group commit holds at most this many uplinks: one is under way at a time, so a batch is what came during the last one. */
const MOST_TOGETHER = 200;

interface Intake {
  uplink: Uplink;
  conversation: Conversation;
  /** Understood already. */
  given: Decoded | undefined;
  resolve(accepted: Accepted): void;
  reject(error: unknown): void;
}

interface Understood {
  one: Intake;
  decoded: Decoded;
}

/** What a gateway said in one go, and what was known of it before. */
interface Lesson {
  before: Conversation['session'];
  items: Understood[];
}

/** The path of every uplink: decode → attribute → check → commit → answer. */
export function createIngest(deps: IngestDeps): Ingest {
  return new Pipeline(deps);
}

class Pipeline implements Ingest {
  #deps: IngestDeps;
  #payloads: Payloads;
  #intake: Intake[] = [];
  #pumping = false;
  #sequences = new RecentSequences();
  #levels = new LevelReports();
  #sightings: Sightings;
  #gateways: Gateways;
  /** What gateways said while something that they taught is being stored. */
  #held = new Map<Conversation, Intake[]>();
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
    this.#payloads = createPayloads(deps);
    const commit = (items: Prepared[]) => this.#commit(items);
    const mayStart = () => !deps.precedence.given();
    const telemetry = { width: 1, most: MOST_TOGETHER, commit, splits: isDataFault, mayStart };
    this.#even = new Lane(telemetry);
    this.#odd = new Lane(telemetry);
    this.#life = new Lane({ width: 6, most: 50, commit, splits: isDataFault });
    deps.precedence.onRelease(() => this.#flush());
    this.#sightings = createSightings(deps.clock, deps.sightings, deps.log);
    this.#gateways = createGateways({ store: deps.gateways, clock: deps.clock, log: deps.log });
  }

  accept(uplink: Uplink, conversation: Conversation): Promise<Accepted> {
    return this.#enter(uplink, conversation);
  }

  conversationOf(protocol: string, nativeId: string): Promise<Conversation> {
    return this.#gateways.of(protocol, nativeId);
  }

  report(uplink: Uplink, readings: DecodedReading[]): Promise<Accepted> {
    const nativeId = uplink.claimedId ?? '';
    const session = {};
    const given = { session, outcome: 'ok' as const, nativeId, readings, replies: [], command: 'connection' };
    return this.#enter(uplink, { session }, given);
  }

  async refuse(
    uplink: Uplink,
    outcome: 'forbidden' | 'undecodable' | 'empty',
    reason: string,
  ): Promise<void> {
    if (this.#even.length >= MOST_WAITING) {
      this.#counts.shed++;
      return;
    }
    this.#counts[outcome]++;
    const row = rowOf(uplink, { outcome, reason, nativeId: uplink.claimedId ?? null, command: '' });
    const done = this.#even.add({ row, readings: [], life: [], resets: [], partition: -1 });
    this.#flush();
    await done;
  }

  counts(): Readonly<Record<UplinkOutcome, number>> {
    return this.#counts;
  }

  close(): Promise<void> {
    return this.#sightings.close();
  }

  #enter(uplink: Uplink, conversation: Conversation, given?: Decoded): Promise<Accepted> {
    return new Promise((resolve, reject) => {
      const enter = (ready: Uplink) => {
        this.#intake.push({ uplink: ready, conversation, given, resolve, reject });
        if (!this.#pumping) void this.#pump();
      };
      if (given) enter(uplink);
      else this.#payloads.prepare(uplink, conversation.session, enter);
    });
  }

  async #pump(): Promise<void> {
    const { clock } = this.#deps;
    this.#pumping = true;
    let turn = clock.now();
    while (this.#intake.length > 0) {
      await this.#take(this.#intake.splice(0, SLICE));
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
    const understood: Understood[] = [];
    const lessons = new Map<GatewayConversation, Lesson>();
    for (const one of slice) this.#understand(one, { understood, lessons });
    for (const [conversation, lesson] of lessons) {
      if (teaches(conversation, lesson)) this.#learn(conversation, lesson);
      else understood.push(...lesson.items);
    }
    try {
      await this.#know(this.#spellings(understood));
      for (const { one, decoded } of understood) this.#checked(one, decoded);
    } catch (error) {
      for (const { one } of understood) one.reject(error);
    }
  }

  #understand(
    one: Intake,
    { understood, lessons }: { understood: Understood[]; lessons: Map<GatewayConversation, Lesson> },
  ): void {
    const { conversation } = one;
    const held = this.#held.get(conversation);
    if (held) {
      held.push(one);
      return;
    }
    const before = conversation.session;
    const decoded = one.given ?? this.#decode(one);
    if (!decoded) return;
    if (!(conversation instanceof GatewayConversation)) {
      understood.push({ one, decoded });
      return;
    }
    const lesson = lessons.get(conversation) ?? { before, items: [] };
    lesson.items.push({ one, decoded });
    lessons.set(conversation, lesson);
  }

  /** What a gateway teaches is stored before any of it counts; what it says meanwhile waits for that, and nobody else does. */
  #learn(conversation: GatewayConversation, lesson: Lesson): void {
    this.#held.set(conversation, []);
    this.#teach(conversation, lesson)
      .then(
        (items) => {
          for (const { one, decoded } of items) this.#checked(one, decoded);
        },
        (error: unknown) => {
          for (const { one } of lesson.items) one.reject(error);
        },
      )
      .finally(() => {
        this.#intake.unshift(...(this.#held.get(conversation) ?? []));
        this.#held.delete(conversation);
        this.#flush();
        if (!this.#pumping) void this.#pump();
      });
  }

  async #teach(conversation: GatewayConversation, { before, items }: Lesson): Promise<Understood[]> {
    const { registry } = this.#deps;
    const { protocol, claimedId: nativeId = '' } = items[0]?.one.uplink ?? { protocol: '' };
    const after = conversation.session;
    const spellings = [{ protocol, spelling: nativeId }, ...this.#spellings(items)];
    await this.#know(spellings);
    const gateway = registry.peek(protocol, nativeId);
    if (!gateway) return items;
    const list = items.findLast(({ decoded }) => decoded.children);
    const introduces = items.flatMap(({ decoded }) => decoded.introduces ?? []);
    const isOpen = this.#deps.protocols.get(protocol)?.gateway?.open === true;
    const { remark, changed } = await this.#gateways.learn(
      conversation,
      { id: gateway.id, protocol, nativeId, isOpen },
      { before, after, children: list?.decoded.children, introduces },
    );
    if (changed) registry.forget();
    await this.#know(spellings);
    const told = list ?? items.findLast(({ decoded }) => decoded.introduces);
    if (told && remark !== undefined) told.decoded = withReason(told.decoded, remark);
    return items;
  }

  #spellings(understood: readonly Understood[]): Spelling[] {
    const { protocols } = this.#deps;
    return understood.flatMap(({ one, decoded }) =>
      spellingsIn(one.uplink, decoded, protocols.get(one.uplink.protocol)),
    );
  }

  /** Until every device of the slice is remembered at the same moment: one that changes meanwhile is forgotten and asked for again. */
  async #know(spellings: readonly Spelling[]): Promise<void> {
    const { registry } = this.#deps;
    for (;;) {
      const wanted = [...spellings, ...twinSpellings(spellings, registry.peek)];
      const missing = wanted.filter((s) => registry.peek(s.protocol, s.spelling) === undefined);
      if (missing.length === 0) return;
      await registry.load(missing);
    }
  }

  #decode({ uplink, conversation, reject }: Intake): Decoded | undefined {
    const protocol = this.#deps.protocols.get(uplink.protocol);
    if (!protocol) {
      reject(new AppError('INGEST_NO_PROTOCOL', `no protocol ${uplink.protocol}`));
      return undefined;
    }
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

  #checked(one: Intake, decoded: Decoded): void {
    try {
      this.#check(one, decoded);
    } catch (error) {
      one.reject(error);
    }
  }

  #check(one: Intake, decoded: Decoded): void {
    const { uplink } = one;
    const { registry, partitions, protocols, precedence } = this.#deps;
    const parts = assessAll(uplink, decoded, {
      protocol: protocols.get(uplink.protocol),
      peek: registry.peek,
      partitions,
      sequences: this.#sequences,
      levels: this.#levels,
    });
    if (this.#mustShed(parts)) {
      this.#undo(parts);
      this.#shed(one, decoded);
      return;
    }
    for (const part of parts) {
      const { outcome, speaker } = part;
      if (outcome !== 'ok' || speaker.gateway)
        this.#sightings.heard(uplink, part.decoded, { outcome, ...speaker });
      if (part.urgent) precedence.begin();
    }
    const [{ outcome, speaker }] = parts;
    this.#store(parts).then(
      () => {
        for (const part of parts) this.#counts[part.outcome]++;
        one.resolve({ outcome, decoded, device: speaker.device });
      },
      (error: unknown) => {
        this.#undo(parts);
        one.reject(error);
      },
    );
  }

  /** Each part in the lane of its device; done when all of them are written. */
  #store(parts: readonly Assessed[]): Promise<unknown> {
    const [first] = parts;
    const add = (part: Assessed) => (part.urgent ? this.#life : this.#laneOf(part.partition)).add(part);
    return parts.length === 1 && first ? add(first) : Promise.all(parts.map(add));
  }

  #mustShed(parts: readonly Assessed[]): boolean {
    const mayNot = parts.some(({ urgent, decoded }) => urgent || decoded.outcome === 'empty');
    return !mayNot && parts.some(({ partition }) => this.#laneOf(partition).length >= MOST_WAITING);
  }

  /** What was not stored will come again, and is to be judged as it was. */
  #undo(parts: readonly Assessed[]): void {
    for (const { life, sequenceKey } of parts) {
      this.#levels.undo(life);
      if (sequenceKey !== undefined) this.#sequences.forget(sequenceKey);
    }
  }

  #shed(one: Intake, decoded: Decoded): void {
    this.#counts.shed++;
    this.#sightings.shed(one.uplink.protocol, decoded.nativeId ?? '');
    one.reject(
      new AppError('INGEST_OVERLOADED', 'too much waits to be stored', { retryable: true, status: 503 }),
    );
  }

  #laneOf(partition: number): Lane<Prepared> {
    return partition % 2 === 1 ? this.#odd : this.#even;
  }

  async #commit(items: Prepared[]): Promise<void> {
    const { commit, partitions } = commitOf(items);
    const fresh = await writeCommit(this.#deps.database.pool, commit);
    const passed = this.#deps.woken(partitions, fresh);
    if (commit.life.length > 0) this.#deps.precedence.until(passed);
  }
}

function teaches(conversation: GatewayConversation, { before, items }: Lesson): boolean {
  return (
    conversation.session.taught !== before.taught ||
    items.some(
      ({ decoded: { children, introduces } }) =>
        children !== undefined || (introduces && conversation.isNews(introduces)),
    )
  );
}

function withReason(decoded: Decoded, remark: string): Decoded {
  return { ...decoded, reason: decoded.reason === undefined ? remark : `${decoded.reason}; ${remark}` };
}
