import { type About, aboutOf } from './about.ts';
import { type Expose, guessExposes, readExposes } from './exposes.ts';
import type { Candidate, Mapping, Rule } from './mapping.ts';
import { electricRules } from './rules-electric.ts';
import { healthRules } from './rules-health.ts';
import { lifeRules } from './rules-life.ts';
import { waterRules } from './rules-water.ts';

/** What may save a life first; a breaker's faults before the troubles of any device. */
const RULES: readonly Rule[] = [...lifeRules, ...electricRules, ...waterRules, ...healthRules];
const SUFFIX = /^(.+?)_(?:phase_)?(l\d{1,2}|\d{1,2}|[abcnxyz]|left|right|center|top|bottom|neutral)$/;

/** `voltage_l2` is `voltage` of `l2`. */
function split({ property, endpoint }: Expose): { base: string; suffix: string } {
  if (endpoint !== undefined && endpoint !== '' && property.endsWith(`_${endpoint}`)) {
    return { base: property.slice(0, -endpoint.length - 1), suffix: endpoint };
  }
  const [, base = property, suffix = ''] = SUFFIX.exec(property) ?? [];
  return { base, suffix };
}

function mapExpose(expose: Expose, about: About): Mapping | undefined {
  const names = [{ base: expose.property, suffix: '' }];
  const parts = split(expose);
  if (parts.suffix !== '') names.push(parts);
  for (const name of names) {
    const candidate: Candidate = { expose, about, ...name };
    for (const rule of RULES) {
      const mapping = rule(candidate);
      if (mapping) return mapping;
    }
  }
  return undefined;
}

const isValue = ({ as }: Mapping) => as === 'number' || as === 'percent';
const placeOf = ({ signal, channel = '' }: Mapping) => `${signal}.${channel}`;

/** Of two numbers for one point the first that is listed counts, the customary name before any other. */
function withoutDoubles(entries: readonly (readonly [string, Mapping])[]): Record<string, Mapping> {
  const shortestFirst = entries
    .filter(([, mapping]) => isValue(mapping))
    .sort(([a], [b]) => a.length - b.length);
  const taken = new Map<string, string>();
  for (const [property, mapping] of shortestFirst) {
    if (!taken.has(placeOf(mapping))) taken.set(placeOf(mapping), property);
  }
  const kept = entries.filter(
    ([property, mapping]) => !isValue(mapping) || taken.get(placeOf(mapping)) === property,
  );
  return Object.fromEntries(kept);
}

function mapAll(exposes: readonly Expose[], about: About): Record<string, Mapping> {
  return withoutDoubles(
    exposes.flatMap((expose) => {
      const mapping = expose.published ? mapExpose(expose, about) : undefined;
      return mapping ? [[expose.property, mapping] as const] : [];
    }),
  );
}

const SIREN = /^(?:warning|alarm|siren|buzzer|squawk)$/;

/** The one property with which the device is made heard: a siren rather than a lamp that blinks. */
function ring(exposes: readonly Expose[]): Record<string, Mapping> {
  const can = exposes.filter(({ settable }) => settable);
  const siren = can.find(
    ({ property, type }) => SIREN.test(property) && (type === 'binary' || type === 'composite'),
  );
  const found = siren ?? can.find(({ property, type }) => property === 'identify' && type === 'enum');
  if (!found) return {};
  const on = found.type === 'enum' ? 'identify' : found.on;
  return { [found.property]: { as: 'ring', ...(on === undefined ? {} : { on }) } };
}

/** How each property of a definition of `bridge/devices` becomes a reading; what says nothing to us is left out. */
export function mapDefinition(definition: Readonly<Record<string, unknown>>): Record<string, Mapping> {
  const { exposes, kinds } = readExposes(definition.exposes);
  const text = [definition.description, definition.model]
    .filter((part) => typeof part === 'string')
    .join(' ');
  const mapped = mapAll(exposes, aboutOf(exposes, { text, kinds }));
  return { ...ring(exposes), ...mapped };
}

/** The same from a message alone: by the customary names, units and words, and nothing where those differ by model. */
export function mapMessage(message: Readonly<Record<string, unknown>>): Record<string, Mapping> {
  const exposes = guessExposes(message);
  return mapAll(exposes, aboutOf(exposes, { text: '', kinds: [] }));
}
