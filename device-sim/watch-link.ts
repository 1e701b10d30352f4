import { connect, type Socket } from 'node:net';
import { SWITCHED_OFF } from './journal.ts';
import { Timers } from './time.ts';
import { encodeFrame, type ServerFrame, splitFrames } from './watch-frames.ts';

/** Real-time waits of the firmware; tests shorten them. */
export interface LinkTimings {
  /** An unanswered keep-alive is said again after this. */
  keepAliveAnswerMs: number;
  /** Unanswered keep-alives before the band restarts itself. */
  keepAliveFailures: number;
  /** A connection is tried again after this, doubling up to the longest; with an alarm to tell, never later than the urgent wait. */
  backoffMs: number;
  longestBackoffMs: number;
  urgentBackoffMs: number;
}

export const LINK_TIMINGS: LinkTimings = {
  keepAliveAnswerMs: 60_000,
  keepAliveFailures: 5,
  backoffMs: 1_000,
  longestBackoffMs: 30_000,
  urgentBackoffMs: 3_000,
};

export interface LinkOptions {
  id: string;
  host: string;
  port: number;
  timings: LinkTimings;
  /** What the keep-alive says now, and how long until the next one. */
  keepAlive(): string;
  keepAlivePeriodMs(): number;
  /** Whether there is an alarm to tell. */
  urgent(): boolean;
  /** A keep-alive was answered after silence or a new connection: other data may flow. */
  onUsable(): void;
  onFrame(frame: ServerFrame): void;
  onDown(reason: string): void;
  onSent(content: string): void;
  onKeepAliveAnswered(afterMs: number): void;
}

/**
 * The connection of a band of the `[3G*…]` family: nothing but `LK` is sent until the server has answered one; unanswered ones
 * are repeated, and after five the band restarts.
 */
export class WatchLink {
  #options: LinkOptions;
  #timers = new Timers();
  #socket: Socket | undefined;
  #usable = false;
  #failures = 0;
  #attempts = 0;
  #received = '';
  #lastKeepAliveAt = 0;
  #cancelKeepAlive = () => {};

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get usable(): boolean {
    return this.#usable;
  }

  open(): void {
    const { host, port } = this.#options;
    this.#timers.clear();
    this.#socket?.destroy();
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    this.#received = '';
    this.#failures = 0;
    socket.setEncoding('utf8');
    socket.on('connect', () => this.#sayKeepAlive());
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#socket === socket) this.#lost('connection lost');
    });
  }

  /** Puts a message on the wire; false while the server has not answered a keep-alive. */
  send(content: string): boolean {
    if (!this.#usable) return false;
    this.#write(content);
    return true;
  }

  /** Says a keep-alive out of turn. */
  keepAliveNow(): void {
    if (this.#usable) this.#sayKeepAlive();
  }

  /** Ends the connection and opens it again after a while: no network there, or a restart. */
  away(forMs: number, reason: string): void {
    this.#drop(reason);
    this.#timers.after(forMs, () => this.open());
  }

  close(): void {
    this.#drop(SWITCHED_OFF);
  }

  #drop(reason: string): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#timers.clear();
    this.#usable = false;
    socket?.destroy();
    if (socket) this.#options.onDown(reason);
  }

  #lost(reason: string): void {
    const { backoffMs, longestBackoffMs, urgentBackoffMs } = this.#options.timings;
    const longest = this.#options.urgent() ? urgentBackoffMs : longestBackoffMs;
    const wait = Math.min(longest, backoffMs * 2 ** this.#attempts++);
    this.away(wait * (0.8 + 0.4 * Math.random()), reason);
  }

  #write(content: string): void {
    this.#socket?.write(encodeFrame(this.#options.id, content));
    this.#options.onSent(content);
  }

  #sayKeepAlive(): void {
    const { timings } = this.#options;
    this.#lastKeepAliveAt = Date.now();
    this.#write(this.#options.keepAlive());
    this.#cancelKeepAlive();
    this.#cancelKeepAlive = this.#timers.after(timings.keepAliveAnswerMs, () => {
      this.#usable = false;
      if (++this.#failures >= timings.keepAliveFailures) this.#lost('restart: keep-alives stay unanswered');
      else this.#sayKeepAlive();
    });
  }

  #keepAliveAnswered(): void {
    const wasUsable = this.#usable;
    this.#usable = true;
    this.#failures = 0;
    this.#attempts = 0;
    this.#options.onKeepAliveAnswered(Date.now() - this.#lastKeepAliveAt);
    this.#cancelKeepAlive();
    this.#cancelKeepAlive = this.#timers.after(this.#options.keepAlivePeriodMs(), () => this.#sayKeepAlive());
    if (!wasUsable) this.#options.onUsable();
  }

  #receive(text: string): void {
    const { frames, rest } = splitFrames(this.#received + text);
    this.#received = rest;
    for (const frame of frames) {
      if (frame.command === 'LK') this.#keepAliveAnswered();
      else this.#options.onFrame(frame);
    }
  }
}
