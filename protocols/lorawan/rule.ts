import { definitionOf, isPlausible, type Signal } from '../../src/model/signals.ts';
import type { Finding } from '../alarm-words.ts';
import { add, clean, discard, type Sink } from '../sink.ts';
import { conversionOf } from '../units.ts';
import type { About } from './about.ts';
import type { Field } from './fields.ts';
import { channelFor } from './names.ts';
import { flagOf, quantityOf } from './values.ts';

/** One value under one of its names. */
export interface Said {
  field: Field;
  /** The name without the point, and the point. */
  base: string;
  point: string;
}

export interface Into {
  sink: Sink;
  about: About;
}

/** Reads fields of one kind. A rule that returns false has not understood the value: the next may. */
export interface Rule {
  is: RegExp;
  of?: (about: About, said: Said) => boolean;
  read: (into: Into, said: Said) => boolean;
}

/** Signals of which a device has one for each phase. */
const PHASED =
  /^(?:voltage|current|power|reactive_power|apparent_power|power_factor|energy_import|energy_export|conductor_temperature|breaker_fault)$/;

export function channelOf(signal: Signal, { field, point }: Said, about: About): { channel?: string } {
  const numbered = /^\d+$/.test(point);
  const phased = PHASED.test(signal) && !(numbered && about.numbered);
  const found = channelFor(point, phased) ?? (field.channel && channelFor(field.channel, phased));
  return found === undefined || found === '' ? {} : { channel: found.slice(0, 16) };
}

/** Of two numbers of one point the first counts; a trouble outweighs its absence; an event is told once. */
export function put({ sink }: Into, finding: Finding): true {
  const { kind } = definitionOf(finding.signal);
  const at = sink.readings.findIndex(
    ({ signal, channel, cause, observedAt }) =>
      signal === finding.signal &&
      channel === finding.channel &&
      cause === finding.cause &&
      observedAt === sink.observedAt,
  );
  const before = sink.readings[at];
  if (!before) add(sink, finding);
  else if (kind === 'boolean' && finding.value === true && before.value === false) {
    sink.readings.splice(at, 1);
    add(sink, finding);
  }
  return true;
}

/** The value in the signal's unit: in the unit that the value, the codec or the name tells, else in `usual`; none without either. */
export function putNumber(
  into: Into,
  said: Said,
  { signal, usual, zero = true }: { signal: Signal; usual?: string | undefined; zero?: boolean },
): boolean {
  const quantity = quantityOf(said.field.value);
  if (!quantity) return false;
  const unit = quantity.unit ?? said.field.unit ?? usual;
  const conversion = unit === undefined ? undefined : conversionOf(signal, unit);
  const path = clean(said.field.path, 40);
  if (!conversion) {
    discard(
      into.sink,
      path,
      unit === undefined ? 'in which unit, it does not say' : `${clean(unit, 12)} is no unit of ${signal}`,
    );
    return true;
  }
  const value = Number((quantity.value * conversion.factor + conversion.offset).toPrecision(12));
  if (value === 0 && !zero) discard(into.sink, path, '0 means not measured');
  else if (!isPlausible(signal, value)) discard(into.sink, path, `${signal}: ${value} is not plausible`);
  else put(into, { signal, ...channelOf(signal, said, into.about), value });
  return true;
}

/** A state that is true or false; `inverse` where the field says the opposite. A number beyond 1 or a text is kept as the code. */
export function putFlag(
  into: Into,
  said: Said,
  { signal, inverse = false }: { signal: Signal; inverse?: boolean },
): boolean {
  const { value } = said.field;
  const flag = flagOf(value);
  if (flag === undefined) return false;
  const telling =
    flag &&
    !inverse &&
    typeof value !== 'boolean' &&
    value !== 1 &&
    !/^(?:1|true|yes|on|alarm|y)$/i.test(String(value));
  const code = telling ? { code: clean(String(value), 40) } : {};
  return put(into, {
    signal,
    ...channelOf(signal, said, into.about),
    value: inverse ? !flag : flag,
    ...code,
  });
}

/** An event: only its occurrence is a reading. */
export function putEvent(into: Into, said: Said, finding: Finding): boolean {
  const flag = flagOf(said.field.value);
  if (flag === undefined) return false;
  if (flag) put(into, finding);
  return true;
}

export const number =
  (signal: Signal, usual?: string, zero = true) =>
  (into: Into, said: Said) =>
    putNumber(into, said, { signal, usual, zero });
export const flag =
  (signal: Signal, inverse = false) =>
  (into: Into, said: Said) =>
    putFlag(into, said, { signal, inverse });
/** Understood, and no reading of ours. */
export const nothing = () => true;
