/** From what a codec returned to readings: by the spellings of LoRaWAN codecs first, then by what any device might call it. */
import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import { nameField } from '../field-match.ts';
import { readNamed } from '../field-values.ts';
import { hardwareAddress, networkScan } from '../network.ts';
import { placeIn } from '../place-fields.ts';
import { clean, type Sink } from '../sink.ts';
import { type About, aboutOf } from './about.ts';
import { type Field, type Moment, momentsIn } from './fields.ts';
import { pointsOf } from './names.ts';
import { put, type Rule, type Said } from './rule.ts';
import { electricRules } from './rules-electric.ts';
import { healthRules } from './rules-health.ts';
import { lifeRules } from './rules-life.ts';
import { waterRules } from './rules-water.ts';
import { mapField, type SignalMap } from './signal-map.ts';
import { hasFailed } from './values.ts';

export interface PayloadMessage {
  /** What the codec returned as `data`, the network server's `object` or `decoded_payload`. */
  data: unknown;
  /** Names of the model, the surest first. */
  models: readonly string[];
  receivedAt: number;
  observedAt?: number;
  origin: Origin;
  map?: SignalMap | undefined;
  /** Multipliers of earlier messages of the same device, see `About`. */
  multipliers?: Readonly<Record<string, number>>;
}

export interface PayloadReadings {
  readings: DecodedReading[];
  reasons: string[];
  multipliers: Readonly<Record<string, number>>;
}

const RULES: readonly Rule[] = [...lifeRules, ...electricRules, ...waterRules, ...healthRules];
/** How a device is set, what it has counted, which versions it has: no readings, whatever else the name says. */
const BESIDE =
  /(?:^|_)(?:threshold|limit|fallback|interval|period|count(?:er|s)?|counting|times|duration|config\w*|enabled?|disabled?|settings?|version|calibrat\w*|hysteresis|codec|serial|firmware|hardware|delay|timeout|minimum|maximum|min|max|std|deviation|percentile|samples|number_of|phase_angle|release|date|energy_usage|deactivation|acquisition|pulses?|multiplier|port|crc|adr|sf)(?:_|$)|^last_(?!value|pressure)|^(?:cf|prev(?:ious)?)_/;
const ALARM_OF_THRESHOLD = /(?:threshold|limit|over_range)_alarm$/;
/** What any device might call it is believed only where the name says more than a letter or a word with many meanings. */
const TOO_VAGUE =
  /temp|^(?:state|status|switch|fault|level|signal|level_status|power|current|energy|volt|voltage|distance|depth|heat|sys|dia|oxygen|pulse|heart|breath|breathe|angle|online|removed|u|i|p|q|s)$/;
/** What was heard of other radios. */
const OTHERS = /(?:^|\.)(?:wi_?-?fi|bssid|beacons?|gateways?)\b/i;
const MAX_REASONS = 12;

interface Reading {
  sink: Sink;
  about: About;
}

function byRules(into: Reading, field: Field): boolean {
  for (const name of field.names) {
    if (BESIDE.test(name) && !ALARM_OF_THRESHOLD.test(name)) return true;
    for (const { base, point } of pointsOf(name)) {
      const said: Said = { field, base, point };
      for (const rule of RULES)
        if (rule.is.test(base) && (rule.of?.(into.about, said) ?? true) && rule.read(into, said)) return true;
    }
  }
  return false;
}

function byAnyName({ sink, about }: Reading, field: Field): void {
  const [name = ''] = field.names.slice(-1);
  if (TOO_VAGUE.test(name) || name.length < 3) return;
  const purpose = about.electric ? ('circuit' as const) : undefined;
  const named = nameField(name, purpose);
  if (!named || named.vague) return;
  const found: Sink = { ...sink, readings: [], reasons: [] };
  readNamed(
    { sink: found, depth: 0, budget: { left: 1 }, purpose },
    field.unit === undefined ? named : { ...named, unitTold: field.unit },
    { name, value: field.value },
  );
  for (const { origin: _origin, observedAt: _at, ...finding } of found.readings)
    put({ sink, about }, finding);
}

/** A measurement that failed leaves the sensor in doubt, and what stands beside it unknown. */
function failedNames(fields: readonly Field[]): Set<string> {
  return new Set(
    fields.flatMap(({ names: [name = ''], value }) => {
      const [, about] = /^(.+)_sensor_status$/.exec(name) ?? [];
      return about !== undefined && hasFailed(value) ? [about] : [];
    }),
  );
}

/** Degrees that are told one by one, each with its name beside it. */
function placeOfFields({ fields }: Moment): ReturnType<typeof placeIn> {
  const degrees = (name: string) => fields.find(({ names }) => names.includes(name))?.value;
  return placeIn({ latitude: degrees('latitude'), longitude: degrees('longitude') }, 'wgs84');
}

function places({ sink, about }: Reading, moment: Moment): void {
  const before = sink.readings.length;
  for (const { path, object } of moment.objects.slice(0, 50)) {
    if (/gateway|antenna|beacon/i.test(path) || object.valid === false || object.gps_valid === false)
      continue;
    const place = placeIn(object, 'wgs84');
    if (place) put({ sink, about }, place);
  }
  const alone = sink.readings.length > before ? undefined : placeOfFields(moment);
  if (alone) put({ sink, about }, alone);
}

/** What protects and stands open in the same breath has tripped. */
function tripped(sink: Sink): void {
  const open = sink.readings.some(({ signal, value }) => signal === 'breaker_position' && value === 'open');
  if (!open) return;
  sink.readings = sink.readings.map((reading) =>
    reading.signal === 'breaker_fault' && reading.cause !== 'power_outage'
      ? { ...reading, stage: 'trip' }
      : reading,
  );
}

/** Access points around, for whoever can locate by them. */
function scan({ sink, about }: Reading, moment: Moment): void {
  const wifi = moment.objects.flatMap(({ path, object: { mac, bssid, rssi } }) => {
    const address = /wi_?-?fi|bssid|scan/i.test(path)
      ? hardwareAddress(String(mac ?? bssid ?? ''))
      : undefined;
    return address === undefined ? [] : [{ mac: address, ...(typeof rssi === 'number' ? { rssi } : {}) }];
  });
  const value = networkScan([], wifi);
  if (value) put({ sink, about }, { signal: 'network_scan', value });
}

function readMoment(moment: Moment, { message, about }: { message: PayloadMessage; about: About }): Sink {
  const at = moment.at ?? (moment.late ? undefined : message.observedAt);
  const live = message.origin === 'live' && moment.late ? 'history' : message.origin;
  const sink: Sink = { readings: [], reasons: [], misunderstood: false, observedAt: at, origin: live };
  const into: Reading = { sink, about };
  const failed = failedNames(moment.fields);
  const invalid = moment.fields.some(
    ({ names, value }) => names.includes('valid') && (value === false || value === 0),
  );
  if (!invalid) places(into, moment);
  scan(into, moment);
  for (const field of moment.fields) {
    const read = message.map && mapField(into, { field, map: message.map });
    if (read || message.map?.only || OTHERS.test(field.path)) continue;
    const measured = typeof field.value === 'number' && !field.names.some((name) => /bat|volt/.test(name));
    if ((invalid && measured) || field.names.some((name) => failed.has(name))) {
      sink.reasons.push(`${clean(field.path, 40)}: the device says that it is not valid`);
      continue;
    }
    if (hasFailed(field.value))
      put(into, { signal: 'sensor_fault', value: true, code: clean(String(field.value), 40) });
    else if (!byRules(into, field)) byAnyName(into, field);
  }
  tripped(sink);
  return sink;
}

/** Readings of everything that a payload says, what was logged with its own time and origin `history`. */
export function readPayload(message: PayloadMessage): PayloadReadings {
  const moments = momentsIn(message.data, message.receivedAt);
  const about = aboutOf(
    moments.flatMap(({ fields }) => fields),
    message.models,
  );
  const multipliers = { ...message.multipliers, ...about.multipliers };
  const sinks = moments.map((moment) => readMoment(moment, { message, about: { ...about, multipliers } }));
  return {
    readings: sinks.flatMap(({ readings }) => readings),
    reasons: [...new Set(sinks.flatMap(({ reasons }) => reasons))].slice(0, MAX_REASONS),
    multipliers: about.multipliers,
  };
}
