/**
 * Models of leak sensors and breakers as Zigbee2MQTT describes and reports them: the exposes of zigbee-herdsman-converters, and the
 * cached state of one that is well.
 */

export type Values = Readonly<Record<string, unknown>>;

export interface Expose {
  type: string;
  name: string;
  label: string;
  property?: string;
  access?: number;
  unit?: string;
  value_on?: boolean | string;
  value_off?: boolean | string;
  values?: readonly string[];
  item_type?: Expose;
  features?: readonly Expose[];
}

export interface Model {
  model: string;
  vendor: string;
  description: string;
  /** What the device itself says in the Zigbee interview. */
  modelId: string;
  manufacturer: string;
  power: 'Battery' | 'Mains (single phase)';
  exposes: readonly Expose[];
  /** Where the day is a quiet one; `load` is 0 to 1. */
  state(load: number): Values;
}

const label = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
const named = (type: string, name: string): Pick<Expose, 'type' | 'name' | 'label' | 'property'> => ({
  type,
  name,
  label: label(name),
  property: name,
});
const numeric = (name: string, unit?: string, access = 1): Expose => ({
  ...named('numeric', name),
  access,
  ...(unit ? { unit } : {}),
});
const binary = (name: string, access = 1): Expose => ({
  ...named('binary', name),
  access,
  value_on: true,
  value_off: false,
});
const onOff = (name: string): Expose => ({
  ...named('binary', name),
  access: 3,
  value_on: 'ON',
  value_off: 'OFF',
});
const enumerated = (name: string, values: readonly string[], access = 1): Expose => ({
  ...named('enum', name),
  access,
  values,
});
const linkQuality = numeric('linkquality', 'lqi');
const switched: Expose = { type: 'switch', name: '', label: 'Switch', features: [onOff('state')] };

const ACTIONS = ['Ignore', 'Alarm', 'Trip'];
/** Data point 110 of Tongou's breakers: the last thing that happened, which stays until the next. */
const TONGOU_EVENTS = (
  'normal over_current_trip over_power_trip high_temp_trip over_voltage_trip under_voltage_trip ' +
  'over_current_alarm over_power_alarm high_temp_alarm over_voltage_alarm under_voltage_alarm ' +
  'remote_on remote_off manual_on manual_off leakage_trip leakage_alarm restore_default ' +
  'automatic_closing electricity_shortage electricity_shortage_alarm timing_switch_On ' +
  'timing_switch_off'
).split(' ');
/** The bits of data point 9 of Tuya's category of breakers. */
const TUYA_FAULTS = (
  'short_circuit surge overload leakage_current temperature fire high_power self_test over_current ' +
  'unbalance over_voltage under_voltage miss_phase outage magnetism credit no_balance'
).split(' ');
const faults: Expose = {
  ...named('list', 'faults'),
  access: 1,
  item_type: { type: 'enum', name: 'fault', label: 'Fault', access: 1, values: TUYA_FAULTS },
};
const phases = ['a', 'b', 'c'] as const;
const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
const VOLTS = 229;

const leakSensor: Model = {
  model: 'SJCGQ11LM',
  vendor: 'Aqara',
  description: 'Water leak sensor',
  modelId: 'lumi.sensor_wleak.aq1',
  manufacturer: 'LUMI',
  power: 'Battery',
  exposes: [
    numeric('battery', '%'),
    numeric('voltage', 'mV'),
    numeric('device_temperature', '°C'),
    numeric('power_outage_count'),
    numeric('trigger_count'),
    binary('water_leak'),
    binary('battery_low'),
    linkQuality,
  ],
  state: (load) => ({
    battery: 100 - Math.round(30 * load),
    voltage: 3_025 - Math.round(60 * load),
    device_temperature: 17,
    power_outage_count: 3,
    trigger_count: 0,
    water_leak: false,
    battery_low: false,
  }),
};

const tongouBreaker: Model = {
  model: 'TOWSMR1',
  vendor: 'Tongou',
  description: 'Single-phase multifunction RCBO (DIN Module)',
  modelId: 'TS0601',
  manufacturer: '_TZE204_gridsim1',
  power: 'Mains (single phase)',
  exposes: [
    switched,
    numeric('temperature', '°C'),
    numeric('current', 'A'),
    numeric('power', 'W'),
    numeric('voltage', 'V'),
    numeric('energy', 'kWh'),
    enumerated('event', TONGOU_EVENTS),
    enumerated('over_power_setting', ACTIONS, 3),
    numeric('over_power_threshold', 'W', 3),
    onOff('auto_reclosing'),
    onOff('overpower_recloser'),
    linkQuality,
  ],
  state: (load) => ({
    state: 'ON',
    temperature: 28 + Math.round(8 * load),
    current: rounded(2 + 14 * load, 2),
    power: Math.round((2 + 14 * load) * VOLTS),
    voltage: VOLTS,
    energy: rounded(1_204 + 300 * load, 2),
    event: 'normal',
    over_power_setting: 'Trip',
    over_power_threshold: 11_000,
    auto_reclosing: 'ON',
    overpower_recloser: 'ON',
  }),
};

const tuyaBreaker: Model = {
  model: 'TS0601_din_4',
  vendor: 'Tuya',
  description: 'Din rail switch with power monitoring and threshold settings',
  modelId: 'TS0601',
  manufacturer: '_TZE204_gridsim2',
  power: 'Mains (single phase)',
  exposes: [
    switched,
    numeric('power', 'W'),
    numeric('current', 'A'),
    numeric('voltage', 'V'),
    numeric('energy', 'kWh'),
    numeric('temperature', '°C'),
    numeric('leakage', 'mA'),
    faults,
    numeric('reclosing_allowed_times', undefined, 3),
    onOff('reclosing_enable'),
    linkQuality,
  ],
  state: (load) => ({
    state: 'ON',
    power: Math.round((1 + 9 * load) * VOLTS),
    current: rounded(1 + 9 * load, 2),
    voltage: VOLTS,
    energy: rounded(640 + 200 * load, 2),
    temperature: 27 + Math.round(6 * load),
    leakage: 4 + Math.round(10 * load),
    faults: [],
    reclosing_allowed_times: 3,
    reclosing_enable: 'OFF',
  }),
};

const threePhaseBreaker: Model = {
  model: 'STB3L-125-ZJ',
  vendor: 'SUTON',
  description: 'Zigbee DIN RCBO energy meter',
  modelId: 'TS0601',
  manufacturer: '_TZE284_gridsim3',
  power: 'Mains (single phase)',
  exposes: [
    switched,
    numeric('energy', 'kWh'),
    faults,
    ...phases.map((phase) => numeric(`voltage_${phase}`, 'V')),
    ...phases.map((phase) => numeric(`power_${phase}`, 'W')),
    ...phases.map((phase) => numeric(`current_${phase}`, 'A')),
    numeric('temperature', '°C'),
    onOff('leakage_test'),
    linkQuality,
  ],
  state: (load) => ({
    state: 'ON',
    energy: rounded(88 + 20 * load, 2),
    faults: [],
    ...Object.fromEntries(phases.map((phase, i) => [`voltage_${phase}`, VOLTS + i])),
    ...Object.fromEntries(phases.map((phase) => [`power_${phase}`, Math.round(4 * load * VOLTS)])),
    ...Object.fromEntries(phases.map((phase) => [`current_${phase}`, rounded(4 * load, 2)])),
    temperature: 26,
    leakage_test: 'OFF',
  }),
};

export const models: ReadonlyMap<string, Model> = new Map(
  [leakSensor, tongouBreaker, tuyaBreaker, threePhaseBreaker].map((model) => [model.model, model]),
);
