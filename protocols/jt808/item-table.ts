/**
 * What the additional items of a position report mean to a wearer's platform, as data: those of the standard and the private ones that vendors
 * document. An operator's own file adds to them (see `own-items.ts`).
 */
import type { Signal } from '../../src/model/signals.ts';

export type Width = 'u8' | 'i8' | 'u16' | 'i16' | 'u32';

interface Place {
  /** Offset in the item. */
  at: number;
  as: Width;
  /** Raw values that stand for "not known". */
  none?: readonly number[];
}

/** A number, times `scale`. */
export interface NumberField extends Place {
  signal: Signal | 'satellites';
  scale?: number;
}

/** A state or an event. */
export interface FlagField extends Place {
  signal: Signal;
  /** Any of these bits being set (or, with `clear`, not set), or the raw value being one of `equals`, makes it true. */
  bits?: readonly number[];
  clear?: true;
  equals?: readonly number[];
  /** What to say then; `true` where absent. */
  value?: boolean;
  /** What to say otherwise; nothing where absent. */
  otherwise?: boolean;
  /** Say that only of a terminal that was seen to raise it. */
  onceRaised?: true;
}

export type Field = NumberField | FlagField;

export interface Item {
  /** Lengths at which this meaning holds; any where absent. */
  lengths?: readonly number[];
  /** Models (as the terminal registered) for which it holds; all where absent. */
  models?: readonly string[];
  fields?: readonly Field[];
  networks?: 'cells' | 'wifi' | 'wifi_text';
  /** Items inside this one, each with a length of two bytes (that counts the id) and an id of two bytes. */
  inside?: ItemTable;
}

/** By the id of the item; the first whose conditions hold counts. */
export type ItemTable = Readonly<Record<number, readonly Item[]>>;

/** Percent in one byte; 255 is said while it is charged. */
const percent: readonly Field[] = [
  { at: 0, as: 'u8', signal: 'battery', none: [0xff] },
  { at: 0, as: 'u8', signal: 'charging', equals: [0xff] },
];
const oneByteOfPercent: Item = { lengths: [1], fields: percent };
const centivolts: Item = {
  lengths: [2],
  fields: [{ at: 0, as: 'u16', signal: 'battery_voltage', scale: 0.01, none: [0xffff] }],
};

/** Private items inside item EB of the BSJ family. */
const insideEb: ItemTable = {
  137: [
    {
      lengths: [4],
      fields: [
        {
          at: 0,
          as: 'u32',
          signal: 'worn',
          bits: [12],
          clear: true,
          value: false,
          otherwise: true,
          onceRaised: true,
          none: [0],
        },
      ],
    },
  ],
  168: [{ fields: percent }],
  185: [{ networks: 'wifi_text' }],
  225: [{ fields: percent }],
};

export const items: ItemTable = {
  6: [oneByteOfPercent],
  49: [{ lengths: [1], fields: [{ at: 0, as: 'u8', signal: 'satellites' }] }],
  86: [{ fields: [{ at: 0, as: 'u8', signal: 'battery', scale: 10, none: [0xff] }] }],
  93: [{ networks: 'cells' }],
  105: [centivolts],
  212: [oneByteOfPercent],
  213: [centivolts],
  225: [oneByteOfPercent, { networks: 'cells' }],
  228: [
    {
      lengths: [2],
      fields: [
        { at: 0, as: 'u8', signal: 'charging', equals: [0], value: false, otherwise: true },
        { at: 1, as: 'u8', signal: 'battery', none: [0xff] },
      ],
    },
  ],
  231: [{ lengths: [8], fields: [{ at: 7, as: 'u8', signal: 'sos', bits: [1, 2, 3, 4] }] }],
  232: [{ fields: [{ at: 0, as: 'u16', signal: 'sos', equals: [0x0c01] }] }],
  233: [oneByteOfPercent],
  235: [{ networks: 'cells' }, { inside: insideEb }],
  236: [{ networks: 'wifi' }],
  238: [{ networks: 'cells' }],
  240: [{ networks: 'cells' }],
  244: [{ networks: 'wifi' }],
  247: [
    {
      fields: [
        { at: 0, as: 'u32', signal: 'battery_voltage', scale: 0.001, none: [0xffffffff] },
        { at: 4, as: 'u8', signal: 'charging', equals: [2, 3], otherwise: false, none: [0xff] },
        { at: 5, as: 'u8', signal: 'battery', none: [0xff] },
      ],
    },
  ],
  248: [{ lengths: [2], models: ['C5', 'C5L'], fields: [{ at: 0, as: 'u16', signal: 'steps' }] }],
};
