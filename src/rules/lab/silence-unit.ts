import { REORDER_MS } from '../holder.ts';
import type { Player, ReplayedChange } from '../replay.ts';
import { type NoDataPart, type Rule, silenceAllowed } from '../rule.ts';
import { SeriesCursor } from './device-columns.ts';
import type { LabDevice } from './lab-device.ts';
import { merge } from './merge.ts';
import type { DeviceDay } from './rule-unit.ts';
import { SLICES, type SlicedSeries } from './slices.ts';

const DAY_MS = 86_400_000;

/** A rule that only asks whether the device says anything at all. */
export function onlySilence({ parts, ignoreWhile, inhibitedBy, per }: Rule): NoDataPart | undefined {
  const [first, second] = parts;
  if (second || ignoreWhile || inhibitedBy || per || first?.type !== 'no_data') return undefined;
  return first.signals || first.byRhythm ? undefined : first;
}

/**
 * A rule of silence for one device. As long as it speaks, it is enough to know the last sign of life; the rule itself hears of it at the
 * end of each day, and everything where the device was silent for longer than it may.
 */
export class SilenceUnit {
  readonly #device: LabDevice;
  readonly #player: Player;
  readonly #allowedMs: number;
  /** The last sign of life; the rule may not have heard of it. NaN before the first. */
  #observedAt = Number.NaN;
  #receivedAt = Number.NaN;

  constructor(part: NoDataPart, { device, player }: { device: LabDevice; player: Player }) {
    this.#device = device;
    this.#player = player;
    this.#allowedMs = silenceAllowed(part, device.expectedEveryMs, undefined);
  }

  get changes(): readonly ReplayedChange[] {
    return this.#player.changes;
  }

  play({ day, series }: DeviceDay): void {
    const [first] = series;
    if (!first) return;
    for (let slice = 0; slice < SLICES; slice++) this.#playSlice(day, series, slice);
    this.#tell(day, first);
  }

  finish(untilMs: number): void {
    this.#player.passTime(untilMs);
  }

  #playSlice(day: number, series: readonly SlicedSeries[], slice: number): void {
    const startMs = day * DAY_MS;
    const [observedAt, receivedAt] = [this.#observedAt, this.#receivedAt];
    const isSilent = this.#player.holders.get(this.#device.id)?.own[0]?.state?.alert !== undefined;
    if (!Number.isNaN(receivedAt) && !isSilent && this.#followed(series, slice, startMs)) return;
    const [first] = series as [SlicedSeries];
    this.#observedAt = observedAt;
    this.#receivedAt = receivedAt;
    this.#tell(day, first);
    const cursors = series.map(
      ({ series: one, starts }) =>
        new SeriesCursor(one, {
          day,
          device: this.#device,
          byArrival: false,
          from: starts[slice] as number,
          to: starts[slice + 1] as number,
        }),
    );
    merge(cursors, Number.POSITIVE_INFINITY, this.#player);
    const heard = this.#player.holders.get(this.#device.id)?.heardAt ?? Number.NEGATIVE_INFINITY;
    this.#observedAt = this.#receivedAt = Number.isFinite(heard) ? heard : Number.NaN;
  }

  /** Remembers the last sign; false where it would have told a silence. */
  #followed(series: readonly SlicedSeries[], slice: number, startMs: number): boolean {
    if (series.some(({ series: one, least }) => one.signal === 'online' && least[slice] === 0)) return false;
    if (this.#isCovered(series, slice, startMs)) return true;
    const [only, other] = series as [SlicedSeries, SlicedSeries | undefined];
    if (!other) {
      const { observed, delays } = only.series;
      const end = only.starts[slice + 1] as number;
      for (let row = only.starts[slice] as number; row < end; row++)
        if (!this.#follow(startMs + (observed[row] as number), delays[row] as number)) return false;
      return true;
    }
    const rows = series.map(({ starts }) => starts[slice] as number);
    for (;;) {
      const next = earliest(series, rows, slice);
      if (next < 0) return true;
      const { observed, delays } = (series[next] as SlicedSeries).series;
      const row = rows[next] as number;
      rows[next] = row + 1;
      if (!this.#follow(startMs + (observed[row] as number), delays[row] as number)) return false;
    }
  }

  /** Whether one series alone leaves no silence until the last sign of all, which is then remembered. */
  #isCovered(series: readonly SlicedSeries[], slice: number, startMs: number): boolean {
    let [lastObserved, lastReceived] = [this.#observedAt, this.#receivedAt];
    for (const { series: one, starts } of series) {
      const first = starts[slice] as number;
      for (let row = (starts[slice + 1] as number) - 1; row >= first; row--) {
        const observedAt = startMs + (one.observed[row] as number);
        if (observedAt + REORDER_MS < lastReceived) break;
        const receivedAt = observedAt + (one.delays[row] as number);
        if (receivedAt > lastReceived) [lastObserved, lastReceived] = [observedAt, receivedAt];
      }
    }
    const covers = (one: SlicedSeries): boolean =>
      lastReceived - this.#spokenUntil(one, slice, startMs) < this.#allowedMs;
    if (!series.some(covers)) return false;
    [this.#observedAt, this.#receivedAt] = [lastObserved, lastReceived];
    return true;
  }

  /** When its last reading came; never where there was a silence before that. */
  #spokenUntil(
    { series: { observed, delays }, starts }: SlicedSeries,
    slice: number,
    startMs: number,
  ): number {
    const end = starts[slice + 1] as number;
    let until = this.#receivedAt;
    for (let row = starts[slice] as number; row < end; row++) {
      const receivedAt = startMs + (observed[row] as number) + (delays[row] as number);
      if (receivedAt - until >= this.#allowedMs) return Number.NEGATIVE_INFINITY;
      if (receivedAt > until) until = receivedAt;
    }
    return until;
  }

  #follow(observedAt: number, delayMs: number): boolean {
    const receivedAt = observedAt + delayMs;
    const since = receivedAt - this.#receivedAt;
    if (since >= this.#allowedMs) return false;
    if (since > 0) {
      this.#observedAt = observedAt;
      this.#receivedAt = receivedAt;
    }
    return true;
  }

  /** The rule hears of the last sign, and until then of nothing that was due. */
  #tell(day: number, { series }: SlicedSeries): void {
    const holder = this.#player.holders.get(this.#device.id);
    const heard = holder?.own[0]?.state?.parts[0]?.heard;
    const [observedAt, receivedAt] = [this.#observedAt, this.#receivedAt];
    if (!holder || heard === undefined || !(receivedAt > heard)) return;
    holder.heardAt = receivedAt;
    const sign = {
      ...series,
      observed: Float64Array.of(observedAt - day * DAY_MS),
      delays: Float64Array.of(receivedAt - observedAt),
    };
    const cursor = new SeriesCursor(sign, { day, device: this.#device, byArrival: false, from: 0, to: 1 });
    merge([cursor], Number.POSITIVE_INFINITY, this.#player);
  }
}

/** Which series has the earliest of the next readings; -1 at the end of the slice. */
function earliest(series: readonly SlicedSeries[], rows: readonly number[], slice: number): number {
  let found = -1;
  let soonest = Number.POSITIVE_INFINITY;
  for (let index = 0; index < series.length; index++) {
    const { series: one, starts } = series[index] as SlicedSeries;
    const row = rows[index] as number;
    if (row >= (starts[slice + 1] as number)) continue;
    const observed = one.observed[row] as number;
    if (observed < soonest) {
      soonest = observed;
      found = index;
    }
  }
  return found;
}
