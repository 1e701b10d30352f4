import type { Timers } from './time.ts';

export interface Repeated {
  /** The word by which the server's answer is recognised. */
  answer: string;
  content: string;
  everyMs: number;
  /** Undefined: until it is answered, however long that takes. */
  tries?: number;
}

interface Waiting extends Repeated {
  sent: number;
  firstSentAt: number;
  cancel?: () => void;
}

export interface RepeaterEvents {
  /** Puts it on the wire; false while there is no usable connection. */
  send(content: string, again: boolean): boolean;
  answered(message: Repeated, afterMs: number): void;
  givenUp(message: Repeated): void;
  now(): number;
}

/**
 * Messages that a band says again until the server answers. Answers carry no number, so of the messages with one answer word
 * only the oldest is on its way.
 */
export class Repeater {
  #timers: Timers;
  #events: RepeaterEvents;
  #queues = new Map<string, Waiting[]>();

  constructor(timers: Timers, events: RepeaterEvents) {
    this.#timers = timers;
    this.#events = events;
  }

  add(message: Repeated): void {
    const queue = this.#queues.get(message.answer) ?? [];
    this.#queues.set(message.answer, queue);
    queue.push({ ...message, sent: 0, firstSentAt: 0 });
    if (queue.length === 1) this.#attempt(message.answer);
  }

  /** Whether the word answered something of ours. */
  answer(word: string): boolean {
    const queue = this.#queues.get(word);
    const message = queue?.[0];
    if (!queue || !message || message.sent === 0) return false;
    this.#shift(queue);
    this.#events.answered(message, this.#events.now() - message.firstSentAt);
    this.#attempt(word);
    return true;
  }

  /** The connection is usable (again): what waits is said at once. */
  resume(): void {
    for (const word of this.#queues.keys()) this.#attempt(word);
  }

  waiting(word: string): number {
    return this.#queues.get(word)?.length ?? 0;
  }

  #attempt(word: string): void {
    const queue = this.#queues.get(word);
    const message = queue?.[0];
    if (!queue || !message) return;
    message.cancel?.();
    if (message.tries !== undefined && message.sent >= message.tries) {
      this.#shift(queue);
      this.#events.givenUp(message);
      this.#attempt(word);
      return;
    }
    if (!this.#events.send(message.content, message.sent > 0)) return;
    if (message.sent++ === 0) message.firstSentAt = this.#events.now();
    message.cancel = this.#timers.after(message.everyMs, () => this.#attempt(word));
  }

  #shift(queue: Waiting[]): void {
    queue.shift()?.cancel?.();
  }
}
