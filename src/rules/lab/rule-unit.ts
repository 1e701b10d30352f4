import type { Signal } from '../../model/signals.ts';
import type { Slot } from '../holder.ts';
import type { Player, ReplayedChange } from '../replay.ts';
import type { Rule } from '../rule.ts';
import { signalsOf } from '../rule-index.ts';
import { SeriesCursor } from './device-columns.ts';
import type { LabDevice } from './lab-device.ts';
import { learnQuietly } from './learn-quietly.ts';
import { merge } from './merge.ts';
import { type QuietRule, quietRule } from './quiet.ts';
import { SLICE_MS, SLICES, type SlicedSeries } from './slices.ts';

const DAY_MS = 86_400_000;

/** The day of a device as a unit sees it. */
export interface DeviceDay {
  day: number;
  series: readonly SlicedSeries[];
}

/**
 * One rule for one device, hearing only what can move it. That is exact: what it does not hear would have changed nothing but the samples
 * of a smoothed value, and these it hears before they count. Everything must have been received within two minutes of its time.
 */
export class RuleUnit {
  readonly #rule: Rule;
  readonly #device: LabDevice;
  readonly #makePlayer: () => Player;
  /** Made when there is something to hear: most rules of a set concern other devices. */
  #player: Player | undefined;
  readonly #quiet: QuietRule | undefined;
  readonly #behindMs: number;
  readonly #signals: ReadonlySet<Signal | 'any'>;
  #startMs = 0;
  #series: readonly SlicedSeries[] = [];
  /** Of each series: the first row that was not heard yet. */
  #heardTo: number[] = [];
  /** Until then samples that were beyond a limit still count. */
  #awakeUntil = Number.NEGATIVE_INFINITY;

  /** `rule` as it reads for the device. */
  constructor(rule: Rule, { device, player }: { device: LabDevice; player: () => Player }) {
    this.#rule = rule;
    this.#device = device;
    this.#makePlayer = player;
    this.#quiet = quietRule(rule);
    this.#behindMs = this.#quiet?.behindMs ?? 0;
    this.#signals = new Set([
      ...rule.parts.flatMap(signalsOf),
      ...(rule.ignoreWhile ?? []).map(({ signal }) => signal),
    ]);
  }

  get changes(): readonly ReplayedChange[] {
    return this.#player?.changes ?? [];
  }

  play({ day, series }: DeviceDay): void {
    this.#startMs = day * DAY_MS;
    this.#series = this.#signals.has('any')
      ? series
      : series.filter((one) => this.#signals.has(one.series.signal));
    if (this.#series.length === 0) return;
    this.#heardTo = this.#series.map(() => 0);
    const hasChannels = this.#series.some((one) => one.series.channel !== '');
    if (!this.#quiet || (hasChannels && this.#signals.size > 1)) {
      this.#hear(0, DAY_MS);
      return;
    }
    for (let slice = 0; slice < SLICES; slice++) this.#playSlice(this.#quiet, slice);
    if (this.#behindMs > 0) this.#hear(DAY_MS - this.#behindMs, DAY_MS);
  }

  finish(untilMs: number): void {
    this.#player?.passTime(untilMs);
  }

  #playSlice(quiet: QuietRule, slice: number): void {
    const fromMs = slice * SLICE_MS;
    const endMs = fromMs + SLICE_MS;
    if (this.#startMs + fromMs < this.#awakeUntil)
      this.#hear(fromMs - this.#behindMs, Math.min(endMs, this.#awakeUntil - this.#startMs));
    const loud = this.#series.filter((series) => !this.#isQuiet(quiet, series, slice));
    const [first, other] = loud;
    if (!first || (!other && this.#learns(first, slice))) return;
    this.#hear(fromMs - this.#behindMs, endMs);
    this.#awakeUntil = this.#startMs + endMs + this.#behindMs;
  }

  #isQuiet(quiet: QuietRule, { series, starts, least, greatest }: SlicedSeries, slice: number): boolean {
    if (starts[slice] === starts[slice + 1]) return true;
    const from = this.#startMs + slice * SLICE_MS;
    const stretch = {
      signal: series.signal,
      least: least[slice] as number,
      greatest: greatest[slice] as number,
      from,
      to: from + SLICE_MS,
    };
    return quiet.isQuiet(stretch, this.#slotOf(series.channel)?.state);
  }

  /** What is usual for the wearer is learned without the rest. */
  #learns({ series, starts }: SlicedSeries, slice: number): boolean {
    const slot = this.#slotOf(series.channel);
    const from = starts[slice] as number;
    const index = this.#series.findIndex((one) => one.series === series);
    if (!slot || (this.#heardTo[index] as number) > from) return false;
    const rows = { series, startMs: this.#startMs, from, to: starts[slice + 1] as number };
    const learned = learnQuietly(this.#rule, slot.state, rows);
    if (!learned) return false;
    slot.state = learned;
    return true;
  }

  #slotOf(channel: string): Slot | undefined {
    const holder = this.#player?.holders.get(this.#device.id);
    const slots = channel === '' ? holder?.own : holder?.channels?.get(channel);
    return slots?.[0];
  }

  /** What was not heard yet of a time of the day, the end not included. */
  #hear(fromMs: number, endMs: number): void {
    const cursors = this.#series.flatMap(({ series }, index) => {
      const { observed, count } = series;
      let from = this.#heardTo[index] as number;
      while (from < count && (observed[from] as number) < fromMs) from++;
      let to = from;
      while (to < count && (observed[to] as number) < endMs) to++;
      this.#heardTo[index] = to;
      if (from === to) return [];
      const day = this.#startMs / DAY_MS;
      return [new SeriesCursor(series, { day, device: this.#device, byArrival: false, from, to })];
    });
    if (cursors.length === 0) return;
    this.#player ??= this.#makePlayer();
    merge(cursors, Number.POSITIVE_INFINITY, this.#player);
  }
}
