import type { Decoded, Protocol, TransportName, UplinkOutcome } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import { peek } from './garbage-guard.ts';
import type { Accepted, Conversation, DownlinkSource, Intake, Uplink } from './ports.ts';

/** Frames of one dialogue that may wait for their commit before no more is read. */
const MOST_IN_FLIGHT = 64;
const KEPT_OF_GARBAGE = 512;

export interface DialogueDeps {
  protocol: Protocol;
  intake: Intake;
  downlinks: DownlinkSource;
  clock: Clock;
  log: Logger;
}

/** The way back to a device, and what can be done to the way in. */
export interface Wire {
  transport: TransportName;
  source: string;
  send(bytes: Uint8Array): void;
  /** Ends it at once. */
  cut(): void;
  /** Too much waits for its commit: nothing more is to come until `goOn`. */
  hold(): void;
  goOn(): void;
}

/** What happens in a dialogue that others of the same listener must know. */
export interface DialogueEvents {
  /** Which of all frames of the listener the next one is. */
  nextNo(): number;
  /** A device spoke in it; `isNew` where another or none spoke before. */
  knows(dialogue: Dialogue, isNew: boolean): void;
  /** A frame was stored, with this outcome, or could not be. */
  settled(dialogue: Dialogue, outcome: UplinkOutcome | undefined): void;
}

/** One device and we: hands its frames in, answers in their order after the commit, and sends what waits for it. */
export class Dialogue {
  readonly wire: Wire;
  /** Which of all frames of the listener began it, and which was its latest. */
  readonly begunNo: number;
  heardNo: number;
  nativeId: string | undefined;
  inFlight = 0;
  #deps: DialogueDeps;
  #events: DialogueEvents;
  #conversation: Conversation = { session: {} };
  #answers: Promise<void> = Promise.resolve();

  constructor(wire: Wire, deps: DialogueDeps, events: DialogueEvents) {
    this.wire = wire;
    this.#deps = deps;
    this.#events = events;
    this.begunNo = events.nextNo();
    this.heardNo = this.begunNo;
  }

  hand(frame: Uint8Array): void {
    this.heardNo = this.#events.nextNo();
    const accepted = this.#deps.intake.accept(this.#uplink(frame), this.#conversation);
    accepted.catch(() => {});
    if (++this.inFlight >= MOST_IN_FLIGHT) this.wire.hold();
    this.afterAnswers(() => this.#answer(accepted));
  }

  /** What a frame would mean, before it is handed in. */
  peek(frame: Uint8Array): Decoded | undefined {
    return peek(this.#deps.protocol, this.#uplink(frame), this.#conversation.session);
  }

  /** Records what is no frame; it is not answered. */
  refuse(bytes: Uint8Array, reason: string): void {
    this.#deps.intake
      .refuse(this.#uplink(bytes.subarray(0, KEPT_OF_GARBAGE)), 'undecodable', reason)
      .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'garbage could not be recorded'));
  }

  /** Runs once everything that was said so far is answered. */
  afterAnswers(run: () => Promise<void> | void): void {
    this.#answers = this.#answers.then(run);
  }

  sendWaiting(nativeId: string): void {
    const { downlinks, log } = this.#deps;
    downlinks.take(this.#address(nativeId)).then(
      (waiting) => {
        for (const one of waiting) this.wire.send(one.bytes);
      },
      (error: unknown) => log.warn({ err: error }, 'commands could not be taken'),
    );
  }

  async #answer(accepted: Promise<Accepted>): Promise<void> {
    let outcome: UplinkOutcome | undefined;
    try {
      const { decoded, ...rest } = await accepted;
      outcome = rest.outcome;
      for (const reply of decoded.replies) this.wire.send(reply);
      if (decoded.nativeId !== undefined) await this.#heard(decoded.nativeId, decoded.downlinkAnswer);
    } catch (error) {
      if (!(error instanceof AppError && error.retryable))
        this.#deps.log.error({ err: error }, 'an uplink was not stored; its device will repeat it');
      this.wire.cut();
    } finally {
      this.#events.settled(this, outcome);
      if (--this.inFlight < MOST_IN_FLIGHT / 2) this.wire.goOn();
    }
  }

  async #heard(nativeId: string, answer: Accepted['decoded']['downlinkAnswer']): Promise<void> {
    const isNew = this.nativeId !== nativeId;
    this.nativeId = nativeId;
    this.#events.knows(this, isNew);
    if (answer) await this.#deps.downlinks.answered(this.#address(nativeId), answer);
    if (isNew) this.sendWaiting(nativeId);
  }

  #address(nativeId: string) {
    return { protocol: this.#deps.protocol.name, nativeId, session: this.#conversation.session };
  }

  #uplink(bytes: Uint8Array): Uplink {
    return {
      protocol: this.#deps.protocol.name,
      transport: this.wire.transport,
      bytes,
      receivedAt: this.#deps.clock.now(),
      source: this.wire.source,
    };
  }
}
