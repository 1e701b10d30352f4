import net from 'node:net';
import type { Protocol } from '../model/uplinks.ts';
import type { Timer } from '../platform/clock.ts';
import { cannotListen } from './cannot-listen.ts';
import type { Dialogue, DialogueDeps, Wire } from './dialogue.ts';
import { createDialogues, type Dialogues } from './dialogues.ts';
import { idleMs, untilLogin } from './login-timer.ts';
import type { Listener } from './ports.ts';

/** Answers that wait for a device to read them: none of them is longer than a text, so who leaves this much unread is no device. */
const MOST_UNREAD = 64 * 1024;
/** Who has sent this much that is no frame does not speak the language. */
const MOST_GARBAGE = 64 * 1024;
/** By form at least (`looksLike`). */
const SURE_ENOUGH = 2;
/** Of one connection: whoever sends junk byte by byte would fill the log of uplinks. */
const MOST_RECORDED = 100;

export interface TcpListenerOptions extends DialogueDeps {
  host: string;
  port: number;
  /** All languages, to tell a device that came to the port of another one. */
  languages?: readonly Protocol[];
}

/**
 * A listener for one stream protocol: cuts frames, hands them in, answers in the order of the frames after the commit. Who does not say who
 * it is within 30 s is cut off, and so is whoever sends what is no frame.
 */
export async function listenTcp(options: TcpListenerOptions): Promise<Listener> {
  const dialogues = createDialogues(options, { onlyOne: true });
  const server = net.createServer(
    { allowHalfOpen: true },
    (socket) => new Connection(socket, options, dialogues),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(options, error)));
    server.listen(options.port, options.host, () => resolve());
  });
  server.on('error', (error) => options.log.error({ err: error }, 'listener failed'));
  return {
    name: options.protocol.name,
    port: (server.address() as net.AddressInfo).port,
    connections: dialogues.count,
    deliver(protocol, spellings) {
      if (protocol === options.protocol.name) dialogues.deliver(spellings);
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const { wire } of [...dialogues.all()]) wire.cut();
      await closed;
    },
  };
}

class Connection {
  #socket: net.Socket;
  #options: TcpListenerOptions;
  #dialogue: Dialogue;
  #login: Timer;
  #rest: Uint8Array = new Uint8Array(0);
  #discarded = 0;
  #recorded = 0;

  constructor(socket: net.Socket, options: TcpListenerOptions, dialogues: Dialogues) {
    this.#socket = socket;
    this.#options = options;
    this.#dialogue = dialogues.begin(wireOf(socket));
    this.#login = untilLogin(options.clock, this.#dialogue);
    socket.setNoDelay(true);
    socket.setTimeout(idleMs(options.protocol), () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => {
      this.#handRest();
      this.#dialogue.afterAnswers(() => void socket.end());
    });
    socket.on('close', () => {
      this.#handRest();
      this.#login.cancel();
      dialogues.ended(this.#dialogue);
    });
    socket.on('error', (error) => options.log.debug({ err: error }, 'connection of a device broke'));
  }

  #read(chunk: Buffer): void {
    const { protocol } = this.#options;
    if (!protocol.split) return;
    const buffer = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const { frames, rest, discarded } = protocol.split(buffer);
    this.#rest = rest;
    this.#discarded += discarded;
    if (discarded > 0 && ++this.#recorded <= MOST_RECORDED)
      this.#dialogue.refuse(buffer, `${discarded} bytes belong to no frame${this.#hint(buffer)}`);
    for (const frame of frames) this.#dialogue.hand(frame);
    if (this.#discarded > MOST_GARBAGE || rest.length > protocol.maxFrameBytes) {
      this.#rest = new Uint8Array(0);
      this.#dialogue.refuse(rest, 'too much that belongs to no frame: connection closed');
      this.#dialogue.afterAnswers(() => void this.#socket.destroy());
    }
  }

  /** Which other language it is likely to be. */
  #hint(bytes: Uint8Array): string {
    const { languages = [], protocol } = this.#options;
    const likely = languages
      .filter(({ name, tcp }) => tcp && name !== protocol.name)
      .map(({ name, looksLike }) => ({ name, sure: looksLike?.(bytes) ?? 0 }))
      .sort((a, b) => b.sure - a.sure)[0];
    return likely && likely.sure >= SURE_ENOUGH
      ? `: it looks like ${likely.name}, whose port is another`
      : '';
  }

  /** A frame that its connection cut short may still be an alarm. */
  #handRest(): void {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    if (rest.length > 0) this.#dialogue.hand(rest);
  }
}

function wireOf(socket: net.Socket): Wire {
  return {
    transport: 'tcp',
    source: socket.remoteAddress ?? 'unknown',
    send(bytes) {
      socket.write(bytes);
      if (socket.writableLength > MOST_UNREAD) socket.destroy();
    },
    cut: () => void socket.destroy(),
    hold: () => void socket.pause(),
    goOn: () => void socket.resume(),
  };
}
