import type { Signal } from '../../model/signals.ts';
import { Player, type ReplayedChange } from '../replay.ts';
import { type Rule, readsFor } from '../rule.ts';
import { signalsOf } from '../rule-index.ts';
import type { Workdays } from '../schedule.ts';
import type { LabDevice } from './lab-device.ts';
import { RuleUnit } from './rule-unit.ts';
import { onlySilence, SilenceUnit } from './silence-unit.ts';
import { type SlicedSeries, sliced } from './slices.ts';
import { type GroupDay, WholeUnit } from './whole-unit.ts';

const DAY_MS = 86_400_000;

export interface GroupOptions {
  /** Something came so late that the order of arrival counts. */
  isLate: boolean;
  calendar?: Workdays | undefined;
  /** The first day. */
  fromDay: number;
  /** Every rule hears every reading: to prove that what is left out changes nothing. */
  exhaustive?: boolean | undefined;
}

/** A rule set over a group of devices, day by day. */
export class GroupPlayer {
  #whole: { unit: WholeUnit; device: LabDevice | undefined }[] = [];
  #units = new Map<LabDevice, (RuleUnit | SilenceUnit)[]>();

  constructor(rules: readonly Rule[], devices: readonly LabDevice[], options: GroupOptions) {
    const { isLate, calendar, exhaustive, fromDay } = options;
    const shared = rules.filter((rule) => isShared(rule, rules));
    const own = rules.filter((rule) => !shared.includes(rule));
    const playerOf = (of: readonly Rule[], device: LabDevice | undefined) =>
      new Player(of, {
        expectedEveryMs: device?.expectedEveryMs ?? Math.min(...devices.map((d) => d.expectedEveryMs)),
        ...(isLate ? {} : { inOrder: true }),
        ...(calendar ? { calendar } : {}),
      });
    const wholeUnit = (of: readonly Rule[], device: LabDevice | undefined): void => {
      const unit = new WholeUnit({ player: playerOf(of, device), signals: signalsIn(of), byArrival: isLate });
      this.#whole.push({ unit, device });
    };
    if (shared.some((rule) => devices.some((device) => readsFor(rule, device.reading))))
      wholeUnit(shared, undefined);
    for (const device of devices) {
      const isNew = device.assignedAt !== undefined && device.assignedAt > fromDay * DAY_MS;
      if (isLate || exhaustive || isNew) wholeUnit(own, device);
      else
        this.#units.set(
          device,
          own.flatMap((rule): (RuleUnit | SilenceUnit)[] => {
            const reads = readsFor(rule, device.reading);
            if (!reads) return [];
            const player = () => playerOf([rule], device);
            const silence = onlySilence(reads);
            return [
              silence
                ? new SilenceUnit(silence, { device, player: player() })
                : new RuleUnit(reads, { device, player }),
            ];
          }),
        );
    }
  }

  /** `slicedOf`: the same for every rule set. */
  play(day: GroupDay, slicedOf: ReadonlyMap<LabDevice, readonly SlicedSeries[]>): void {
    for (const { unit, device } of this.#whole)
      unit.play(device ? { ...day, series: day.series.filter((one) => one.device === device) } : day);
    for (const [device, units] of this.#units) {
      const series = slicedOf.get(device) ?? [];
      for (const unit of units) unit.play({ day: day.day, series });
    }
  }

  /** Time goes on until then; what happened, in the order in which it was known. */
  finish(untilMs: number): ReplayedChange[] {
    const all = [...this.#whole.map(({ unit }) => unit), ...[...this.#units.values()].flat()];
    for (const unit of all) unit.finish(untilMs);
    return all.flatMap(({ changes }) => changes).sort((a, b) => a.knownAt - b.knownAt || a.at - b.at);
  }
}

/** What happens to one device may count for another. */
const isShared = (rule: Rule, rules: readonly Rule[]): boolean =>
  rule.per !== undefined ||
  rule.inhibitedBy !== undefined ||
  rules.some(({ inhibitedBy }) => inhibitedBy?.includes(rule.name));

/** Undefined where any signal counts. */
function signalsIn(rules: readonly Rule[]): ReadonlySet<Signal> | undefined {
  const signals = new Set<Signal>();
  for (const rule of rules) {
    for (const { signal } of rule.ignoreWhile ?? []) signals.add(signal);
    for (const signal of rule.parts.flatMap(signalsOf)) {
      if (signal === 'any') return undefined;
      signals.add(signal);
    }
  }
  return signals;
}

export function slicesOf(day: GroupDay): Map<LabDevice, SlicedSeries[]> {
  const slices = new Map<LabDevice, SlicedSeries[]>();
  for (const { device, series } of day.series) {
    const known = slices.get(device);
    if (known) known.push(sliced(series));
    else slices.set(device, [sliced(series)]);
  }
  return slices;
}
