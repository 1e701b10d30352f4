import { isSignal, type Signal } from '../../src/model/signals.ts';
import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { isObject } from '../sink.ts';
import type { Terminal } from './frame.ts';

/** What a connection taught. */
export interface Jt808Session {
  terminal?: Terminal;
  /** As the terminal registered. */
  model?: string;
  /** States that the terminal was seen to raise. */
  seen: readonly Signal[];
  /** Frames that we sent, which are numbered. */
  sent: number;
  /** The end of a part of a batch, which the next part continues. */
  begun?: { next: number; type: number; hex: string };
}

/** More than the longest report of a batch can be. */
const MOST_BEGUN = 2 * 1_023;

function readTerminal(value: unknown): Terminal | undefined {
  if (!isObject(value) || typeof value.phone !== 'string') return undefined;
  const { phone, version, mark } = value;
  return {
    phone,
    ...(typeof version === 'number' ? { version } : {}),
    mark: mark === 0xe7 ? 0xe7 : 0x7e,
  };
}

export function readSession({ terminal, model, seen, sent, begun }: ProtocolSession): Jt808Session {
  const speaker = readTerminal(terminal);
  const isBegun = isObject(begun) && typeof begun.hex === 'string' && begun.hex.length <= MOST_BEGUN;
  return {
    ...(speaker ? { terminal: speaker } : {}),
    ...(typeof model === 'string' ? { model } : {}),
    seen: Array.isArray(seen) ? seen.filter((one) => typeof one === 'string' && isSignal(one)) : [],
    sent: typeof sent === 'number' ? sent : 0,
    ...(isBegun
      ? { begun: { next: Number(begun.next), type: Number(begun.type), hex: String(begun.hex) } }
      : {}),
  };
}

export function writeSession(session: Jt808Session): ProtocolSession {
  return { ...session };
}
