/** What a switch is told, for the models whose makers publish it. */
import type { PositionProof } from '../../src/model/uplinks.ts';

export interface SwitchDownlink {
  fPort: number;
  bytes: Uint8Array;
  confirmedBy: PositionProof;
}

interface Family {
  model: RegExp;
  fPort: number;
  /** A valve that is switched on is open, a contact closed. */
  valve: boolean;
  bytes(on: boolean): number[];
}

const families: readonly Family[] = [
  // Milesight WS52x user guide, downlink commands: channel 08, 00 off and 01 on.
  { model: /\bws52[35x]/, fPort: 85, valve: false, bytes: (on) => [0x08, on ? 1 : 0, 0x00, 0xff] },
  // STREGA smart valve, port 1: the digit itself.
  { model: /strega|smart[ -]?valve/, fPort: 1, valve: true, bytes: (on) => [on ? 0x31 : 0x30] },
];

/** The payload that switches a device of this model; undefined where its maker's is not known. */
export function switchDownlink(model: string | undefined, on: boolean): SwitchDownlink | undefined {
  const family = families.find((one) => model !== undefined && one.model.test(model.toLowerCase()));
  if (!family) return undefined;
  const { fPort, valve } = family;
  return {
    fPort,
    bytes: Uint8Array.from(family.bytes(on)),
    confirmedBy: valve
      ? { signal: 'valve_position', value: on ? 'open' : 'closed' }
      : { signal: 'breaker_position', value: on ? 'closed' : 'open' },
  };
}
