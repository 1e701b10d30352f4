import net from 'node:net';
import type { Protocol } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import type { Accepted, Conversation, DownlinkSource, Intake, Listener, Uplink } from './ports.ts';

/** A band that says nothing for this long is gone: they speak every 5 to 8 minutes. */
const IDLE_MS = 20 * 60_000;
/** Who has not sent one frame by then speaks something else. */
const FIRST_FRAME_MS = 60_000;
/** Frames of one connection that may wait for their commit before reading stops. */
const MOST_IN_FLIGHT = 64;
const KEPT_OF_GARBAGE = 512;
/** Answers that wait for a device to read them: none of them is longer than a text, so who leaves this much unread is no device. */
const MOST_UNREAD = 64 * 1024;
/** Who has sent this much that is no frame does not speak the language. */
const MOST_GARBAGE = 64 * 1024;

export interface TcpListenerOptions {
  protocol: Protocol;
  host: string;
  port: number;
  intake: Intake;
  downlinks: DownlinkSource;
  clock: Clock;
  log: Logger;
}

/** A listener for one stream protocol: cuts frames, hands them in, answers in the order of the frames after the commit. */
export async function listenTcp(options: TcpListenerOptions): Promise<Listener> {
  const connections = new Set<Connection>();
  let frames = 0;
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new Connection(socket, options, () => ++frames);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(options, error)));
    server.listen(options.port, options.host, () => resolve());
  });
  server.on('error', (error) => options.log.error({ err: error }, 'listener failed'));
  return {
    name: options.protocol.name,
    port: (server.address() as net.AddressInfo).port,
    connections: () => connections.size,
    deliver(protocol, spellings) {
      if (protocol !== options.protocol.name) return;
      // A band that comes back leaves a dead connection behind, which nobody would read.
      [...connections]
        .filter((connection) => connection.speaksFor(spellings))
        .toSorted((a, b) => a.heardNo - b.heardNo)
        .at(-1)
        ?.sendWaiting();
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.end();
      await closed;
    },
  };
}

function cannotListen(options: TcpListenerOptions, error: Error): AppError {
  return new AppError(
    'TRANSPORT_PORT_TAKEN',
    `cannot listen on ${options.host}:${options.port}: ${error.message}`,
    {
      details: { port: options.port },
      cause: error,
    },
  );
}

class Connection {
  /** Which of all frames of the listener was its latest. */
  heardNo = 0;
  #socket: net.Socket;
  #options: TcpListenerOptions;
  #source: string;
  #rest: Uint8Array = new Uint8Array(0);
  #conversation: Conversation = { session: {} };
  #nativeId: string | undefined;
  #answers: Promise<void> = Promise.resolve();
  #inFlight = 0;
  #discarded = 0;
  #nextNo: () => number;

  constructor(socket: net.Socket, options: TcpListenerOptions, nextNo: () => number) {
    this.#socket = socket;
    this.#nextNo = nextNo;
    this.#options = options;
    this.#source = socket.remoteAddress ?? 'unknown';
    socket.setNoDelay(true);
    socket.setTimeout(FIRST_FRAME_MS, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => {
      this.#handRest();
      this.#answers = this.#answers.then(() => void socket.end());
    });
    socket.on('close', () => this.#handRest());
    socket.on('error', (error) => options.log.debug({ err: error }, 'connection of a device broke'));
  }

  speaksFor(spellings: readonly string[]): boolean {
    return this.#nativeId !== undefined && spellings.includes(this.#nativeId);
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const { protocol } = this.#options;
    if (!protocol.split) return;
    const buffer = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const { frames, rest, discarded } = protocol.split(buffer);
    this.#rest = rest;
    this.#discarded += discarded;
    if (discarded > 0) this.#refuse(buffer, `${discarded} bytes belong to no frame`);
    for (const frame of frames) this.#hand(frame);
    if (this.#discarded > MOST_GARBAGE || rest.length > protocol.maxFrameBytes) {
      this.#rest = new Uint8Array(0);
      this.#refuse(rest, 'too much that belongs to no frame: connection closed');
      this.#answers = this.#answers.then(() => void this.#socket.destroy());
    }
  }

  /** A frame that its connection cut short may still be an alarm. */
  #handRest(): void {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    if (rest.length > 0) this.#hand(rest);
  }

  #hand(frame: Uint8Array): void {
    this.heardNo = this.#nextNo();
    const accepted = this.#options.intake.accept(this.#uplink(frame), this.#conversation);
    accepted.catch(() => {});
    if (++this.#inFlight >= MOST_IN_FLIGHT) this.#socket.pause();
    this.#answers = this.#answers.then(() => this.#answer(accepted));
  }

  async #answer(accepted: Promise<Accepted>): Promise<void> {
    try {
      const { decoded } = await accepted;
      for (const reply of decoded.replies) this.#socket.write(reply);
      if (this.#socket.writableLength > MOST_UNREAD) this.#socket.destroy();
      if (decoded.nativeId !== undefined) await this.#known(decoded.nativeId, decoded.downlinkAnswer);
    } catch (error) {
      if (!(error instanceof AppError && error.retryable))
        this.#options.log.error({ err: error }, 'an uplink was not stored; its device will repeat it');
      this.#socket.destroy();
    } finally {
      if (--this.#inFlight < MOST_IN_FLIGHT / 2) this.#socket.resume();
    }
  }

  async #known(nativeId: string, answer: Accepted['decoded']['downlinkAnswer']): Promise<void> {
    const first = this.#nativeId !== nativeId;
    if (first) {
      this.#nativeId = nativeId;
      this.#socket.setTimeout(IDLE_MS);
      this.sendWaiting();
    }
    if (answer) await this.#options.downlinks.answered(this.#address(nativeId), answer);
  }

  sendWaiting(): void {
    if (this.#nativeId === undefined) return;
    const { downlinks, log } = this.#options;
    downlinks.take(this.#address(this.#nativeId)).then(
      (waiting) => {
        for (const one of waiting) this.#socket.write(one.bytes);
      },
      (error: unknown) => log.warn({ err: error }, 'commands could not be taken'),
    );
  }

  #address(nativeId: string) {
    return { protocol: this.#options.protocol.name, nativeId, session: this.#conversation.session };
  }

  #refuse(bytes: Uint8Array, reason: string): void {
    this.#options.intake
      .refuse(this.#uplink(bytes.subarray(0, KEPT_OF_GARBAGE)), 'undecodable', reason)
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'garbage could not be recorded'));
  }

  #uplink(bytes: Uint8Array): Uplink {
    return {
      protocol: this.#options.protocol.name,
      transport: 'tcp',
      bytes,
      receivedAt: this.#options.clock.now(),
      source: this.#source,
    };
  }
}
