import { isObject, type JsonObject } from '../sink.ts';

type Plain = boolean | string | number;

/** One property of a device as `bridge/devices` describes it, or as its value in a message lets guess. */
export interface Expose {
  property: string;
  type: 'binary' | 'numeric' | 'enum' | 'text' | 'list' | 'composite' | 'other';
  unit?: string;
  on?: Plain;
  off?: Plain;
  values: readonly string[];
  /** It can be set: a command or a setting, unless it is the state of a switch. */
  settable: boolean;
  /** It is told, not only set. */
  published: boolean;
  endpoint?: string;
  /** Guessed from a message: the unit is unknown, not absent. */
  guessed?: true;
}

const MOST_EXPOSES = 400;
const TYPES = ['binary', 'numeric', 'enum', 'text', 'list', 'composite'] as const;
/** Their features stand side by side in the message; those of a composite stand below its name. */
const SPECIFIC = /^(?:switch|light|cover|lock|fan|climate)$/;

function plain(value: unknown): Plain | undefined {
  return typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number'
    ? value
    : undefined;
}

function words(raw: JsonObject): string[] {
  const { item_type: item } = raw;
  const listed = raw.values ?? raw.item_values ?? (isObject(item) ? item.values : undefined);
  return Array.isArray(listed) ? listed.filter((word) => typeof word === 'string').slice(0, 100) : [];
}

function readExpose(raw: JsonObject): Expose | undefined {
  const { property, type, unit, access, endpoint } = raw;
  if (typeof property !== 'string' || property === '' || property.length > 64) return undefined;
  const on = plain(raw.value_on);
  const off = plain(raw.value_off);
  const bits = typeof access === 'number' ? access : 1;
  return {
    property,
    type: TYPES.find((known) => known === type) ?? 'other',
    ...(typeof unit === 'string' && unit !== '' ? { unit } : {}),
    ...(on === undefined ? {} : { on }),
    ...(off === undefined ? {} : { off }),
    values: words(raw),
    settable: (bits & 2) !== 0,
    published: (bits & 1) !== 0,
    ...(typeof endpoint === 'string' ? { endpoint } : {}),
  };
}

/** All exposes of a definition, those of switches, lights and covers among them; `kinds` are the specific types met. */
export function readExposes(given: unknown): { exposes: Expose[]; kinds: string[] } {
  const exposes: Expose[] = [];
  const kinds: string[] = [];
  const visit = (list: unknown, depth: number) => {
    if (!Array.isArray(list) || depth > 3) return;
    for (const raw of list) {
      if (!isObject(raw) || exposes.length >= MOST_EXPOSES) continue;
      const expose = readExpose(raw);
      if (expose) exposes.push(expose);
      if (typeof raw.type === 'string' && SPECIFIC.test(raw.type)) {
        kinds.push(raw.type);
        visit(raw.features, depth + 1);
      }
    }
  };
  visit(given, 0);
  return { exposes, kinds };
}

function typeOf(value: unknown): Expose['type'] {
  if (typeof value === 'boolean' || value === 'ON' || value === 'OFF') return 'binary';
  if (typeof value === 'number') return 'numeric';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'string' ? 'enum' : 'other';
}

/** What the values of one message let guess of a device that `bridge/devices` has not described. */
export function guessExposes(message: JsonObject): Expose[] {
  return Object.entries(message)
    .slice(0, MOST_EXPOSES)
    .filter(([property]) => property.length <= 64)
    .map(([property, value]) => ({
      property,
      type: typeOf(value),
      values: typeof value === 'string' ? [value] : [],
      settable: value === 'ON' || value === 'OFF',
      published: true,
      guessed: true as const,
    }));
}
