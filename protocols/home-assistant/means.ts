/** What an entity means: by its device class and unit, else by its names. */
import { definitionOf } from '../../src/model/signals.ts';
import { isBreakerWord } from '../faults.ts';
import { nameField } from '../field-match.ts';
import type { Purpose } from '../field-names.ts';
import { clean, isObject } from '../sink.ts';
import { actionOf } from '../words.ts';
import { binary, byStateName, channelOf, numeric, quantity, says } from './by-class.ts';
import type { EntityConfig } from './config.ts';
import type { Described, Meaning } from './meaning.ts';

const VALVE = /valve|阀|sprinkler|irrigation/i;
/** Switches that are settings, lamps or sounds. */
const NO_CIRCUIT =
  /(?:^|[^a-z])(?:led|light|lamp|lock|mode|auto|eco|sound|beep|night|display|screen|boost)s?(?:[^a-z]|$)|buzz|mute|siren|wi-?fi|bluetooth|schedul|update|debug|notif|calibrat|detect|enable|灯/i;
const CALL_BUTTON = /(?:^|[^a-z])(?:sos|panic|emergency|help)(?:[^a-z]|$)|求助|求救|呼叫|紧急/i;

const word = (value: unknown) => (typeof value === 'string' ? clean(value, 128) : undefined);

const PATH = /value_json((?:\.\w{1,64}|\[\s*(?:'[^']{1,64}'|"[^"]{1,64}"|\d{1,3})\s*\])+)/;

/** `value_json.ENERGY.Voltage` ends in a name. */
function keyOf(template: unknown): string[] {
  const [, path] = (typeof template === 'string' ? PATH.exec(template.slice(0, 1000)) : undefined) ?? [];
  const [last] = path?.match(/[A-Za-z]\w*(?=['"\]\s]*$)/) ?? [];
  return last === undefined || last === 'get' ? [] : [last];
}

/** The id of an entity without that of its device in front. */
function withoutDevice(id: string, deviceNames: readonly string[]): string {
  const found = deviceNames.find((name) => name !== '' && id.toLowerCase().startsWith(name.toLowerCase()));
  return found === undefined ? id : id.slice(found.length).replace(/^[\s_-]+/, '');
}

export function describe({ config, component, objectId, key }: EntityConfig): Described {
  const device = isObject(config.device) ? config.device : {};
  const deviceName = word(device.name) ?? '';
  const nodeId = key.split('/').length > 2 ? (key.split('/')[1] ?? '') : '';
  const fronts = [
    deviceName,
    nodeId,
    ...(Array.isArray(device.identifiers) ? device.identifiers.map(String) : []),
  ];
  const name = word(config.name);
  const unit = word(config.unit_of_measurement);
  const told = [...(name === undefined ? [] : [name]), word(config.object_id) ?? objectId];
  const own = [...told.map((one) => withoutDevice(one, fronts)), ...keyOf(config.value_template)];
  const named = component === 'binary_sensor' || component === 'event' ? [...told, deviceName] : told;
  const grouped = device.identifiers !== undefined || device.connections !== undefined;
  return {
    component,
    deviceClass: word(config.device_class) ?? '',
    ...(unit === undefined ? {} : { unit }),
    names: [...new Set([...own, ...named])].filter((one) => one !== ''),
    points: grouped ? own.filter((one) => one !== '') : [],
    category: word(config.entity_category) ?? '',
    device: [deviceName, word(device.model) ?? ''].join(' '),
  };
}

/** What a unit tells of a device whose names tell too little. */
function purposeOf(unit = ''): Purpose | undefined {
  if (/^(?:[mk]?V|m?A|[kM]?W|[kM]?Wh|k?VA|k?var|Hz)$/i.test(unit.trim())) return 'circuit';
  return /^(?:l|m³|m3|gal|bar|psi|mpa|l\/.+|m³\/.+|m3\/.+|mm|cm|m)$/i.test(unit.trim()) ? 'water' : undefined;
}

/** A sensor without a class: a number with a unit, or words. */
function sensorByName(described: Described): Meaning | undefined {
  for (const name of described.names) {
    const field = nameField(name, purposeOf(described.unit));
    if (!field) continue;
    const { kind } = definitionOf(field.signal);
    if (kind === 'number' && !field.pair) {
      const read = numeric(described, field.signal, field.unitTold ?? field.unit ?? '');
      if (read) return { ...read, ...(field.channel ? { channel: field.channel } : {}) };
    }
    if (described.unit === undefined && (kind === 'boolean' || kind === 'enum') && !field.unlike)
      return { as: 'word', signal: field.signal, ...channelOf(described) };
  }
  const worded = described.unit === undefined ? byStateName(described) : undefined;
  return worded?.as === 'state' ? { as: 'word', signal: worded.signal, ...channelOf(described) } : undefined;
}

const FAULT_NAMES =
  /^(?:.*[\s_-])?(?:faults?|alarms?|trip|event|protection)(?:[\s_-](?:code|status|state|cause|reason))?$/i;

/** A sensor whose options, or whose name, are the faults of a breaker. */
function faultWordsOf(described: Described, options: unknown): Meaning | undefined {
  const words = Array.isArray(options) ? options.filter((one) => typeof one === 'string') : [];
  const telling = words.filter(isBreakerWord).length >= 2;
  const named = described.unit === undefined && described.deviceClass === '' && says(described, FAULT_NAMES);
  return telling || named ? { as: 'faults', ...channelOf(described) } : undefined;
}

function sensor(described: Described, options: unknown): Meaning | undefined {
  const { deviceClass } = described;
  if (deviceClass === 'enum' || deviceClass === '')
    return sensorByName(described) ?? faultWordsOf(described, options);
  return quantity(described);
}

function switched(described: Described): Meaning | undefined {
  if (described.category !== '' || says(described, NO_CIRCUIT)) return undefined;
  const valve = says(described, VALVE) || VALVE.test(described.device);
  return { as: valve ? 'valve' : 'breaker', ...channelOf(described) };
}

function button(described: Described): Meaning | undefined {
  if (described.deviceClass === 'restart') return { as: 'command', kind: 'restart' };
  return described.deviceClass === 'identify' ? { as: 'command', kind: 'ring' } : undefined;
}

/** A button that is named after calls for help, or knows such a press. */
function action({ config }: EntityConfig, described: Described): Meaning | undefined {
  if ([...described.names, described.device].some((name) => CALL_BUTTON.test(name)))
    return { as: 'action', any: true };
  const { event_types: types, type, subtype, payload } = config;
  const presses = [...(Array.isArray(types) ? types.slice(0, 50) : []), type, subtype, payload];
  return presses.some((press) => typeof press === 'string' && actionOf(press, false))
    ? { as: 'action' }
    : undefined;
}

/** Undefined where an entity says nothing of the signals that we know. */
export function meaningOf(entity: EntityConfig, described: Described): Meaning | undefined {
  switch (entity.component) {
    case 'binary_sensor':
      return binary(described);
    case 'sensor':
      return sensor(described, entity.config.options);
    case 'switch':
      return switched(described);
    case 'valve':
      return { as: 'valve', ...channelOf(described) };
    case 'event':
    case 'device_automation':
      return action(entity, described);
    case 'siren':
      return { as: 'command', kind: 'ring' };
    case 'button':
      return button(described);
    default:
      return undefined;
  }
}
