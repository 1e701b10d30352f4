import type { ProtocolSession } from '../../src/model/uplinks.ts';
import type { Round } from '../polling.ts';
import { isObject } from '../sink.ts';
import type { RegisterMap, SwitchWrite } from './register-map.ts';

/** A switch of the map; `shown` where a register shows its position. */
export type TaughtSwitch = SwitchWrite & { shown: boolean };

/** What lasts of a terminal, so that it can be switched by whoever does not have the map at hand. */
export interface Taught {
  version: 1;
  switches: readonly TaughtSwitch[];
}

/** The question that is open: an answer does not say which registers it holds. */
export interface Asked {
  slave: number;
  fc: number;
  addr: number;
  count: number;
  at: number;
}

export interface Memory extends ProtocolSession {
  taught?: Taught;
  asked?: Asked;
  round?: Round;
  /** Bits that were set when they were last read, as `slave/fc/addr/bit`. */
  standing?: readonly string[];
}

export function memoryOf(session: ProtocolSession): Memory {
  const { taught, ...rest } = session;
  return taught === undefined || (isObject(taught) && taught.version === 1) ? (session as Memory) : rest;
}

/** Keeps what the map says of switches; the same object where nothing changed. */
export function learn(memory: Memory, { switches, registers }: RegisterMap): Memory {
  const taught: Taught = {
    version: 1,
    switches: switches.map((one) => ({
      ...one,
      shown: registers.some(
        ({ signal, channel, bits = {} }) =>
          (signal === one.signal && channel === one.channel) ||
          (channel === one.channel &&
            Object.values(bits).some((bit) => 'signal' in bit && bit.signal === one.signal)),
      ),
    })),
  };
  const before = JSON.stringify(memory.taught ?? { version: 1, switches: [] });
  return before === JSON.stringify(taught) ? memory : { ...memory, taught };
}
