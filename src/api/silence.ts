import { catalogue } from '../../protocols/catalogue.ts';

/** A device may miss two of its reports. */
const MISSED = 3;
/** Nothing is silent before that: radio and networks have their pauses. */
const LEAST_MS = 20 * 60_000;

interface Kind {
  protocol: string;
  model: string | null;
}

/** How long a device may say nothing, in milliseconds: by its model where that is known by name, else by its protocol. */
export interface Silences {
  byProtocol: ReadonlyMap<string, number>;
  /** Models as devices may name theirs, in small letters, with their vendor and without. */
  byModel: readonly { protocol: string; model: string; everyMs: number }[];
  of(kind: Kind): number;
}

const byModel = catalogue.flatMap(({ protocol, vendor, model, everySeconds }) => {
  if (everySeconds === undefined) return [];
  const everyMs = Math.max(LEAST_MS, MISSED * everySeconds * 1000);
  const names = [model, `${vendor} ${model}`].map((name) => name.toLowerCase());
  return names.map((name) => ({ protocol, model: name, everyMs }));
});
const keyOf = ({ protocol, model }: Kind) => `${protocol}\n${model?.toLowerCase() ?? ''}`;
const models = new Map(byModel.map((known) => [keyOf(known), known.everyMs]));

export function silencesOf(protocols: readonly { name: string; expectedEveryMs: number }[]): Silences {
  const byProtocol = new Map(protocols.map(({ name, expectedEveryMs }) => [name, expectedEveryMs]));
  return {
    byProtocol,
    byModel,
    of: (kind) => models.get(keyOf(kind)) ?? byProtocol.get(kind.protocol) ?? 0,
  };
}

/** Whether a device has not been heard for longer than it may, or never. */
export function isSilent(
  device: Kind & { lastSeenAt: number | null },
  { silences, now }: { silences: Silences; now: number },
): boolean {
  return device.lastSeenAt === null || now - device.lastSeenAt > silences.of(device);
}
