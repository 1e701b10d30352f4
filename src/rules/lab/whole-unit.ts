import type { Signal } from '../../model/signals.ts';
import type { Player, ReplayedChange } from '../replay.ts';
import type { ReadSeries } from './day-file.ts';
import { SeriesCursor } from './device-columns.ts';
import type { LabDevice } from './lab-device.ts';
import { merge } from './merge.ts';

const DAY_MS = 86_400_000;

/** A day of a group of devices; the arrays are only valid until the next day is read. */
export interface GroupDay {
  day: number;
  isLast: boolean;
  series: readonly { device: LabDevice; series: ReadSeries }[];
}

export interface WholeUnitOptions {
  player: Player;
  /** Absent: all. */
  signals?: ReadonlySet<Signal> | undefined;
  /** In the order of arrival, where something came late; else in that of the readings' own times. */
  byArrival: boolean;
}

/** Rules that hear every reading of some devices. */
export class WholeUnit {
  readonly #options: WholeUnitOptions;
  #late: SeriesCursor[] = [];

  constructor(options: WholeUnitOptions) {
    this.#options = options;
  }

  get changes(): readonly ReplayedChange[] {
    return this.#options.player.changes;
  }

  /** By arrival, what came after midnight has its place on the next day. */
  play({ day, isLast, series }: GroupDay): void {
    const { player, signals, byArrival } = this.#options;
    const cursors = [...this.#late];
    for (const { device, series: one } of series)
      if (!signals || signals.has(one.signal))
        cursors.push(new SeriesCursor(one, { day, device, byArrival }));
    const endMs = isLast || !byArrival ? Number.POSITIVE_INFINITY : (day + 1) * DAY_MS;
    merge(cursors, endMs, byArrival ? { hear: (reading) => player.hear({ ...reading }) } : player);
    this.#late = byArrival ? cursors.flatMap((cursor) => cursor.rest(day + 1) ?? []) : [];
  }

  finish(untilMs: number): void {
    this.#options.player.passTime(untilMs);
  }
}
