/** What a message gives away of the device that sent it: the same field name means something else on each. */
import type { Field } from './fields.ts';

const VENDORS = [
  'milesight',
  'dragino',
  'netvox',
  'mclimate',
  'browan',
  'aqua_scope',
  'arwin',
  'dingtek',
  'elv',
  'elsys',
  'strega',
  'decentlab',
  'ellenex',
  'moirelabs',
  'yobiiq',
  'teneo',
  'vutility',
  'comtac',
  'rak',
  'sept',
] as const;
export type Vendor = (typeof VENDORS)[number];

/** Model names that belong to one vendor, where its own name is not said. */
const MODELS: readonly (readonly [Vendor, RegExp])[] = [
  [
    'milesight',
    /\b(?:em[345]\d\d|ws\d{3}|ct[13]\d\d|uc[35]\d\d|uc11\d\d|am[13]\d\d|gs[1356]\d\d|wt\d{3}|at101|vs\d{3}|ts\d{3})/,
  ],
  [
    'dragino',
    /\b(?:lwl\d|lds\d|ldds\d|dds\d|ps-?lb|sw3l|lt-?22222|lt-?33222|lsn50|lht\d|cpl0\d|lgt-?92|pb01|trackerd|ltc\d)/,
  ],
  ['netvox', /\b(?:r7\d\d|r8\d\d|r3\d\d|ra0\d|rb\d\d|ra7\d\d)/],
  ['mclimate', /\b(?:16aspm|16asw|t-?valve|vicki)/],
  ['browan', /\btb(?:wl|ms|dw|hv|hh|sl|at)\d*/],
  ['dingtek', /\b(?:dc[45]\d\d|dc600|df[57]\d\d|do2\d\d)/],
  ['yobiiq', /\b(?:em2101|em4301|sd-?1001|p1002\d{3}|dsmr)/],
  ['decentlab', /\bdl-[a-z]/],
  ['arwin', /\blrs\d/],
  ['elsys', /\b(?:ers|elt-?[0-9l]|ems)\b/],
  ['comtac', /\blpn\b/],
  ['vutility', /\b(?:hotdrop|pulsedrop|voltdrop)/],
  ['rak', /\brak\d*/],
  ['sept', /\btg563/],
];
const SAYS_MODEL =
  /^(?:device|node_type|manufacturer|(?:generic|device)_model|model|hardware_mode|product_code|vendor|device_type|product)$/;
const ELECTRIC =
  /^(?:(?:ac_|rms_|total_|average_|line_|phase_|mains_)?(?:voltage|current)(?:_\w+)?|.*power_factor|.*active_power\w*|power|energy|power_consumption|.*_energy\w*|electricity\w*|dash_current|over_current\w*|relay_(?:state|status)|socket_status|average_amps|current\d)$/;
const BATTERIED =
  /^(?:bat\w*|.*_bat|.*_battery|volt|vdd|(?:supply|capacitor|cell|battery)_voltage|.*temperature.*|.*humidity.*)$/;
const NOT_ELECTRIC =
  /leakage_status|voltage_(?:low|alarm)|sensor_status|current_(?:volume|reading|flow|level|value|state|status|time)/;
const BUTTON_MODEL =
  /button|\bsos\b|panic|pendant|badge|call|ws101|ws136|ws156|r309|r312|rb02|rb11|r718t|pb01/;
const CALL_MODEL = /\bsos\b|panic|emergency|help|pendant|badge|call|\br309|\brb02i|求助|呼救|呼叫/;
const PRESSES = /press|button|push|click|sos|panic|emergency/;
const PRESSES_ONLY =
  /press|button|push|click|sos|panic|emergency|bat|volt|event|alarm|version|serial|timestamp|^device$|^report$|model|product|manufacturer|^msg|^type$/;

export interface About {
  vendor?: Vendor;
  /** Everything that names the model, in small letters. */
  text: string;
  electric: boolean;
  /** It has no other purpose than to be pressed; `call` where its model says for what. */
  button: boolean;
  call: boolean;
  /** Its numbered circuits are no phases: there are more than three, or phases have letters. */
  numbered: boolean;
  has(name: RegExp): boolean;
  /** What a meter's readings are to be multiplied by, by the name of the field. */
  multipliers: Readonly<Record<string, number>>;
}

function vendorOf(
  text: string,
  fields: readonly Field[],
  has: (name: RegExp) => boolean,
): Vendor | undefined {
  const named = VENDORS.find((vendor) =>
    new RegExp(`(?:^|[^a-z])${vendor.replace('_', '[^a-z]?')}`).test(text),
  );
  if (named) return named;
  const model = MODELS.find(([, pattern]) => pattern.test(text))?.[0];
  if (model) return model;
  if (has(/^protocol_version$/) && has(/^device_id$/)) return 'decentlab';
  if (
    fields.some(({ path }) => /^(?:BAT_V|BatV|Bat_V|Node_type|Hardware_mode|WATER_LEAK_STATUS)$/.test(path))
  )
    return 'dragino';
  if (fields.some(({ path }) => path === 'Volt' || path === 'SWver')) return 'netvox';
  return has(/^alarm_channel\d?$/) || has(/^alarm_park$/) ? 'dingtek' : undefined;
}

/** What the fields of one message and the names of its model tell. */
export function aboutOf(fields: readonly Field[], models: readonly string[]): About {
  const names = fields.flatMap((field) => field.names);
  const has = (name: RegExp) => names.some((one) => name.test(one));
  const said = fields.flatMap(({ names: [name = ''], value }) =>
    SAYS_MODEL.test(name) ? [String(value).slice(0, 64)] : [],
  );
  const text = [...models, ...said].join(' ').toLowerCase().slice(0, 1000);
  const vendor = vendorOf(text, fields, has);
  const circuit = names.filter(
    (name) => ELECTRIC.test(name) && !BATTERIED.test(name) && !NOT_ELECTRIC.test(name),
  );
  const onlyVoltage = circuit.every((name) => name === 'voltage' || /^voltage_\d/.test(name));
  const called = CALL_MODEL.test(text);
  return {
    ...(vendor ? { vendor } : {}),
    text,
    electric: circuit.length > 0 && (!onlyVoltage || circuit.length > 1),
    button:
      BUTTON_MODEL.test(text) ||
      (names.some((name) => PRESSES.test(name)) && names.every((name) => PRESSES_ONLY.test(name))),
    call: called,
    numbered:
      has(/current\w*?_?(?:[4-9]|1\d)$|(?:ch|channel|chn)_?(?:[4-9]|1\d)_\w*current/) ||
      has(/volt\w*_(?:phase_)?(?:[abc]|l[123])(?:_?n)?$/),
    has,
    multipliers: Object.fromEntries(
      fields.flatMap(({ names: [name = ''], value }) =>
        /^multiplier_?\d?$/.test(name) && typeof value === 'number' && value > 0
          ? [[name.replace('_', ''), value]]
          : [],
      ),
    ),
  };
}
