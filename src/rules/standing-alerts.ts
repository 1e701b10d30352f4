import type { Trx } from '../platform/database.ts';
import type { Slot } from './holder.ts';
import type { Rule } from './rule.ts';
import type { RuleChange } from './rule-change.ts';
import { readStanding } from './standing-alerts-store.ts';

/** A device, and whose it is. */
interface Whose {
  deviceId?: number | undefined;
  id?: number | undefined;
  subjectId?: number | undefined;
  assetId?: number | undefined;
}

const keysOf = ({ deviceId, id, subjectId, assetId }: Whose): string[] => [
  `d${deviceId ?? id}`,
  ...(subjectId === undefined ? [] : [`s${subjectId}`]),
  ...(assetId === undefined ? [] : [`a${assetId}`]),
];

/** Which rules fire for a device, a wearer or an asset, as far as other rules give way to them. */
export class StandingAlerts {
  /** Names of the rules that others give way to. */
  #names: ReadonlySet<string>;
  #firing = new Map<string, Map<string, Set<string>>>();

  constructor(rules: readonly Rule[]) {
    this.#names = new Set(rules.flatMap(({ inhibitedBy = [] }) => inhibitedBy));
  }

  /** Loads what is stored of those that were not seen yet. */
  async know(trx: Trx, all: readonly Whose[]): Promise<void> {
    if (this.#names.size === 0) return;
    const keys = new Set(all.flatMap(keysOf).filter((key) => !this.#firing.has(key)));
    if (keys.size === 0) return;
    for (const key of keys) this.#firing.set(key, new Map());
    const idsOf = (kind: string): number[] =>
      [...keys].filter((key) => key.startsWith(kind)).map((key) => Number(key.slice(1)));
    const ids = { devices: idsOf('d'), subjects: idsOf('s'), assets: idsOf('a') };
    for (const { rule, deviceId, subjectId, assetId, channel } of await readStanding(
      trx,
      [...this.#names],
      ids,
    ))
      this.#put(rule, { deviceId, subjectId, assetId }, `${deviceId}/${channel}`);
  }

  #put(rule: string, whose: Whose, point: string): void {
    for (const key of keysOf(whose)) {
      const rules = this.#firing.get(key);
      if (!rules) continue;
      const points = rules.get(rule) ?? new Set();
      rules.set(rule, points.add(point));
    }
  }

  note({ rule, channel = '' }: Slot, whose: Whose, { state, history }: RuleChange): void {
    if (!this.#names.has(rule.name) || rule.shadow || history) return;
    const point = `${whose.deviceId}/${channel}`;
    if (state === 'firing') this.#put(rule.name, whose, point);
    else for (const key of keysOf(whose)) this.#firing.get(key)?.get(rule.name)?.delete(point);
  }

  /** Whether a rule that this one gives way to fires for the same device, wearer or asset. */
  isInhibited({ inhibitedBy = [] }: Rule, whose: Whose | undefined): boolean {
    if (!whose) return false;
    return keysOf(whose).some((key) => {
      const rules = this.#firing.get(key);
      return rules !== undefined && inhibitedBy.some((name) => (rules.get(name)?.size ?? 0) > 0);
    });
  }
}
