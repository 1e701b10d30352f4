import { catalogue } from '../../protocols/catalogue.ts';

/** A device may miss two of its reports. */
const MISSED = 3;
/** Nothing is silent before that, unless its language knows better: radio and networks have their pauses. */
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

export function silencesOf(protocols: readonly { name: string; expectedEveryMs: number }[]): Silences {
  const byProtocol = new Map(protocols.map(({ name, expectedEveryMs }) => [name, expectedEveryMs]));
  const byModel = catalogue.flatMap(({ protocol, vendor, model, everySeconds }) => {
    if (everySeconds === undefined) return [];
    const least = Math.min(LEAST_MS, byProtocol.get(protocol) ?? LEAST_MS);
    const everyMs = Math.max(least, MISSED * everySeconds * 1000);
    return [model, `${vendor} ${model}`].map((name) => ({ protocol, model: name.toLowerCase(), everyMs }));
  });
  const models = new Map<string, Map<string, number>>();
  for (const { protocol, model, everyMs } of byModel)
    models.set(protocol, (models.get(protocol) ?? new Map()).set(model, everyMs));
  return {
    byProtocol,
    byModel,
    of({ protocol, model }) {
      const known = model === null ? undefined : models.get(protocol)?.get(model.toLowerCase());
      return known ?? byProtocol.get(protocol) ?? 0;
    },
  };
}

/** Whether a device has not been heard for longer than it may, or never. */
export function isSilent(
  device: Kind & { lastSeenAt: number | null },
  { silences, now }: { silences: Silences; now: number },
): boolean {
  return device.lastSeenAt === null || now - device.lastSeenAt > silences.of(device);
}
