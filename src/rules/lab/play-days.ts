import { REORDER_MS } from '../holder.ts';
import type { ReplayedChange } from '../replay.ts';
import type { Rule } from '../rule.ts';
import type { Workdays } from '../schedule.ts';
import { type DayFile, DayReader } from './day-file.ts';
import type { LabDevice } from './lab-device.ts';
import { GroupPlayer, slicesOf } from './play-group.ts';
import type { GroupDay } from './whole-unit.ts';

const DAY_MS = 86_400_000;

type Columns = readonly [Float64Array, Float64Array, Float64Array];

export interface PlayedGroup {
  readings: number;
  /** Of each rule set, in the order in which they were known. */
  changes: ReplayedChange[][];
}

export interface PlayOptions {
  /** Played one beside the other: what they say of the same days is compared. */
  ruleSets: readonly (readonly Rule[])[];
  calendar?: Workdays;
  exhaustive?: boolean;
}

/** Plays stored days, group by group. */
export class DayPlayer {
  #readers: DayReader[];
  #scratch: Columns[] = [];
  #options: PlayOptions;

  constructor(days: readonly DayFile[], options: PlayOptions) {
    this.#readers = days.map((day) => new DayReader(day));
    this.#options = options;
  }

  close(): void {
    for (const reader of this.#readers) reader.close();
  }

  play(devices: readonly LabDevice[]): PlayedGroup {
    const first = this.#readers[0]?.day.day ?? 0;
    const last = this.#readers.at(-1)?.day.day ?? 0;
    const { ruleSets, ...options } = this.#options;
    const facts = { ...options, isLate: this.#isLate(devices), fromDay: first };
    const players = ruleSets.map((rules) => new GroupPlayer(rules, devices, facts));
    let readings = 0;
    for (const reader of this.#readers) {
      const { day } = reader.day;
      const group: GroupDay = { day, isLast: day === last, series: this.#seriesOf(reader, devices) };
      const slices = facts.isLate ? new Map() : slicesOf(group);
      for (const player of players) player.play(group, slices);
      for (const { series } of group.series) readings += series.count;
    }
    return { readings, changes: players.map((player) => player.finish((last + 1) * DAY_MS)) };
  }

  /**
   * Whether something of the group came so late that the order of arrival counts. Else the order of the readings' own times gives the same
   * alerts, and sooner.
   */
  #isLate(devices: readonly LabDevice[]): boolean {
    let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const reader of this.#readers)
      for (const { id } of devices) {
        const { first, count } = reader.seriesOf(id);
        for (let index = first; index < first + count; index++) {
          const delays = reader.delaysOf(index);
          least = Math.min(least, delays.least);
          greatest = Math.max(greatest, delays.greatest);
        }
      }
    return greatest - least > REORDER_MS || greatest > REORDER_MS || least < -REORDER_MS;
  }

  #seriesOf(reader: DayReader, devices: readonly LabDevice[]): GroupDay['series'] {
    const all: GroupDay['series'][number][] = [];
    for (const device of devices) {
      const { first, count } = reader.seriesOf(device.id);
      for (let index = first; index < first + count; index++) {
        const series = reader.read(index, (length) => this.#columns(all.length, length));
        if (series) all.push({ device, series });
      }
    }
    return all;
  }

  #columns(slot: number, length: number): Columns {
    const known = this.#scratch[slot];
    if (known && known[0].length >= length) return known;
    const columns: Columns = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
    this.#scratch[slot] = columns;
    return columns;
  }
}
