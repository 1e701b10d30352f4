import type { Signal } from '../../src/model/signals.ts';
import { conversionOf } from '../units.ts';
import type { Candidate, Mapping } from './mapping.ts';

/** What belongs in a channel: what is left of a name, as letters, digits and underscores. */
export function channelOf(text: string): { channel?: string } {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 32);
  return plain === '' ? {} : { channel: plain };
}

/** `l1` is `1`. */
export const pointOf = (suffix: string): { channel?: string } => channelOf(suffix.replace(/^l(?=\d)/, ''));

/** A number in the unit that the expose names; `usual` is the unit where it names none, absent where none is customary. */
export function measured(
  { expose }: Candidate,
  signal: Signal,
  { usual, guess = usual, ...place }: { usual?: string; guess?: string; channel?: string; supply?: true },
): Mapping | undefined {
  if (expose.type !== 'numeric') return undefined;
  const unit = expose.unit ?? (expose.guessed ? guess : usual);
  const conversion = unit === undefined ? undefined : conversionOf(signal, unit);
  if (!conversion) return undefined;
  const { factor, offset } = conversion;
  return {
    as: 'number',
    signal,
    ...place,
    ...(factor === 1 ? {} : { factor }),
    ...(offset === 0 ? {} : { offset }),
  };
}

/** The raw values of the two states, left out where they are true and false. */
export function polarity({ expose: { on, off } }: Candidate): Pick<Mapping, 'on' | 'off'> {
  if (on === undefined || (on === true && off === false)) return {};
  return { on, ...(off === undefined ? {} : { off }) };
}

/** A state with two values, or one of a few words. */
export function stated(
  candidate: Candidate,
  signal: Signal,
  place: { channel?: string } = {},
): Mapping | undefined {
  const { type } = candidate.expose;
  if (type === 'binary') return { as: 'switch', signal, ...place, ...polarity(candidate) };
  if (type === 'enum' || type === 'text') return { as: 'word', signal, ...place };
  return undefined;
}
