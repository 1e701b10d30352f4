import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Timer } from '../platform/clock.ts';
import { cannotListen } from './cannot-listen.ts';
import type { Dialogue, DialogueDeps, Wire } from './dialogue.ts';
import { createDialogues, type Dialogues } from './dialogues.ts';
import { callsForHelp, createGarbageGuard, type GarbageGuard, isUnderstood } from './garbage-guard.ts';
import { idleMs } from './login-timer.ts';
import type { Listener } from './ports.ts';

const MOST_DIALOGUES = 50_000;
/**
 * Frames that wait for their commit, of everybody and of one address: past that they are dropped, and their devices repeat them. Calls for
 * help have much more room: some devices say them once.
 */
const MOST_IN_FLIGHT = 4_096;
const MOST_OF_ONE = 64;
const MOST_CALLS_IN_FLIGHT = 16_384;
const BUFFER_BYTES = 4 * 1024 * 1024;
const TELL_EVERY_MS = 10_000;

export interface UdpListenerOptions extends DialogueDeps {
  host: string;
  port: number;
}

/** A listener for one protocol of datagrams: a dialogue is an address and a port, as long as something comes from there. */
export async function listenUdp(options: UdpListenerOptions): Promise<Listener> {
  const type = isIPv6(options.host) ? 'udp6' : 'udp4';
  const socket = createSocket({ type, recvBufferSize: BUFFER_BYTES });
  const bound = new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => reject(cannotListen(options, error)));
    socket.bind(options.port, options.host, () => resolve());
  });
  await bound;
  const receiver = new Receiver(socket, options);
  let closed: Promise<void> | undefined;
  return {
    name: `${options.protocol.name}/udp`,
    port: socket.address().port,
    connections: () => receiver.count(),
    deliver(protocol, spellings) {
      if (protocol === options.protocol.name) receiver.deliver(spellings);
    },
    close() {
      receiver.close();
      closed ??= new Promise<void>((resolve) => socket.close(() => resolve()));
      return closed;
    },
  };
}

class Receiver {
  #socket: Socket;
  #options: UdpListenerOptions;
  #garbage: GarbageGuard;
  #dialogues: Dialogues;
  #byAddress: LRUCache<string, Dialogue>;
  #inFlight = 0;
  #dropped = 0;
  #telling: Timer;

  constructor(socket: Socket, options: UdpListenerOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#garbage = createGarbageGuard(options.clock);
    this.#dialogues = createDialogues(options, {
      onlyOne: false,
      settled: (dialogue, outcome) => {
        this.#inFlight--;
        if (outcome === 'undecodable') this.#garbage.note(dialogue.wire.source);
      },
    });
    this.#byAddress = new LRUCache({
      max: MOST_DIALOGUES,
      ttl: idleMs(options.protocol),
      updateAgeOnGet: true,
      dispose: (dialogue) => this.#dialogues.ended(dialogue),
    });
    this.#telling = options.clock.every(TELL_EVERY_MS, () => this.#tellDropped());
    socket.on('message', (datagram, from) => this.#receive(datagram, from));
    socket.on('error', (error) => options.log.warn({ err: error }, 'a datagram socket failed'));
  }

  count(): number {
    return this.#byAddress.size;
  }

  deliver(spellings: readonly string[]): void {
    this.#dialogues.deliver(spellings);
  }

  close(): void {
    this.#telling.cancel();
    this.#tellDropped();
  }

  #receive(datagram: Buffer, from: RemoteInfo): void {
    const { protocol } = this.#options;
    const dialogue = this.#dialogueOf(from);
    const { frames, rest } = protocol.split?.(datagram) ?? { frames: [datagram], rest: new Uint8Array(0) };
    const whole = frames.length === 0 && rest.length === 0 ? [datagram] : frames;
    for (const frame of rest.length > 0 ? [...whole, rest] : whole) this.#take(dialogue, frame);
  }

  #take(dialogue: Dialogue, frame: Uint8Array): void {
    const { maxFrameBytes } = this.#options.protocol;
    const isLong = frame.length > maxFrameBytes;
    if (this.#isTooMuch(dialogue, isLong ? undefined : frame)) {
      this.#dropped++;
    } else if (isLong) {
      this.#garbage.note(dialogue.wire.source);
      dialogue.refuse(frame, `longer than ${maxFrameBytes} bytes`);
    } else {
      this.#inFlight++;
      dialogue.hand(frame);
    }
  }

  /** A source of much garbage is heard still where it can be understood; who calls for help is heard also when all is full. */
  #isTooMuch(dialogue: Dialogue, frame: Uint8Array | undefined): boolean {
    const isFull = this.#inFlight >= MOST_IN_FLIGHT || dialogue.inFlight >= MOST_OF_ONE;
    if (!isFull && !this.#garbage.isOver(dialogue.wire.source)) return false;
    if (frame === undefined || this.#inFlight >= MOST_CALLS_IN_FLIGHT) return true;
    const decoded = dialogue.peek(frame);
    return isFull ? !callsForHelp(decoded) : !isUnderstood(decoded);
  }

  #dialogueOf(from: RemoteInfo): Dialogue {
    const key = `${from.address}:${from.port}`;
    const known = this.#byAddress.get(key);
    if (known) return known;
    const dialogue = this.#dialogues.begin(this.#wireTo(from));
    this.#byAddress.set(key, dialogue);
    return dialogue;
  }

  #wireTo({ address, port }: RemoteInfo): Wire {
    return {
      transport: 'udp',
      source: address,
      send: (bytes) => this.#socket.send(bytes, port, address, () => {}),
      cut: () => {},
      hold: () => {},
      goOn: () => {},
    };
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const { log, protocol } = this.#options;
    log.warn({ protocol: protocol.name, datagrams: this.#dropped }, 'datagrams were dropped');
    this.#dropped = 0;
  }
}
