/** The filters, tests, methods and functions of the Jinja subset. Each is total and bounded; what cannot be done throws `Failed`. */

/** A value that is not there. */
export const MISSING = Symbol('missing');
export type Value = string | number | boolean | null | undefined | symbol | object;

/** Why a template gives no value for this message. */
export class Failed extends Error {}

type Call = (args: readonly Value[]) => Value;

export const MAX_TEXT = 65_536;

export function textOf(value: Value): string {
  if (value === MISSING || value === undefined) return '';
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (text.length > MAX_TEXT) throw new Failed('too long');
  return text;
}

export function truthOfValue(value: Value): boolean {
  if (value === MISSING || value === undefined || value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object') return Object.keys(value).length > 0;
  return value !== '' && value !== 0 && value !== false;
}

/** A number, or undefined: a text counts where it holds nothing else. */
export function numberOf(value: Value, base = 10): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || value.length > 400) return undefined;
  const text = value.trim();
  if (base === 16) return /^(?:0x)?[0-9a-f]{1,12}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
  return /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?$/i.test(text) ? Number(text) : undefined;
}

function number(args: readonly Value[], convert: (value: number) => number): Value {
  const [value, otherwise, base] = args;
  const read = numberOf(value, base === 16 ? 16 : 10);
  if (read !== undefined && Number.isFinite(read)) return convert(read);
  if (args.length < 2) throw new Failed('no number');
  return otherwise;
}

const float: Call = (args) => number(args, (value) => value);
const int: Call = (args) => number(args, Math.trunc);
const lengthOf: Call = ([value]) => {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new Failed('no length');
};

const round: Call = ([value, digits = 0, how = 'common']) => {
  const read = numberOf(value);
  if (read === undefined || typeof digits !== 'number') throw new Failed('no number');
  const factor = 10 ** Math.min(12, Math.max(-12, Math.trunc(digits)));
  if (how === 'floor') return Math.floor(read * factor) / factor;
  if (how === 'ceil') return Math.ceil(read * factor) / factor;
  return (Math.sign(read) * Math.round(Math.abs(read) * factor + 1e-9)) / factor;
};

const otherwise: Call = ([value, given = '', boolean]) =>
  value === MISSING || value === undefined || (boolean === true && !truthOfValue(value)) ? given : value;

const defined: Call = ([value]) => {
  if (value === MISSING) throw new Failed('not there');
  return value;
};

function listOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[];
  throw new Failed('no list');
}

const numbersOf = (args: readonly Value[]) => {
  const given = args.length === 1 ? listOf(args[0]) : args;
  return given.map((value) => {
    const read = numberOf(value);
    if (read === undefined) throw new Failed('no number');
    return read;
  });
};
const least: Call = (args) => numbersOf(args).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most: Call = (args) => numbersOf(args).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

const bool: Call = (args) => {
  const [value, given] = args;
  const word = textOf(value).toLowerCase();
  if (/^(?:true|yes|on|enable|1)$/.test(word)) return true;
  if (/^(?:false|no|off|disable|0)$/.test(word)) return false;
  if (args.length < 2) throw new Failed('neither true nor false');
  return given;
};

const iif: Call = ([value, yes = true, no = false, none = no]) =>
  value === null ? none : truthOfValue(value) ? yes : no;

const replaced: Call = ([value, from, to]) => {
  const [text, part, by] = [textOf(value), textOf(from), textOf(to)];
  const times = part === '' ? 0 : text.split(part).length - 1;
  if (text.length + times * by.length > MAX_TEXT) throw new Failed('too long');
  return part === '' ? text : text.replaceAll(part, () => by);
};

const parsed: Call = ([value]) => {
  try {
    return JSON.parse(textOf(value)) as Value;
  } catch {
    throw new Failed('no JSON');
  }
};

/** `%d`, `%s` and `%.2f`. */
const format: Call = ([pattern, ...values]) => {
  let at = 0;
  return textOf(pattern).replace(
    /%(?:0?\d{1,2})?(?:\.(\d{1,2}))?([dfs%])/g,
    (_, digits: string, kind: string) => {
      if (kind === '%') return '%';
      const value = values[at++] ?? '';
      const read = numberOf(value);
      if (kind === 's') return textOf(value);
      if (read === undefined) throw new Failed('no number');
      return kind === 'd' ? String(Math.trunc(read)) : read.toFixed(Number(digits ?? 6));
    },
  );
};

const ends =
  (pick: (list: string | readonly Value[]) => Value): Call =>
  ([value]) =>
    pick(typeof value === 'string' ? value : listOf(value)) ?? MISSING;
const text =
  (convert: (text: string) => string): Call =>
  ([value]) =>
    convert(textOf(value));
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

const split: Call = ([value, by]) =>
  by === undefined || by === null
    ? textOf(value).trim().split(/\s+/)
    : textOf(value).split(textOf(by) || ' ');

const get: Call = ([of, key, given = null]) => {
  if (typeof of !== 'object' || of === null || typeof key !== 'string')
    throw new Failed('nothing to get from');
  return Object.hasOwn(of, key) ? ((of as Record<string, Value>)[key] ?? null) : given;
};

const strip: Call = ([value]) => textOf(value).trim();
const lower = text((word) => word.toLowerCase());
const upper = text((word) => word.toUpperCase());

export const FILTERS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['float', float],
  ['int', int],
  ['round', round],
  ['default', otherwise],
  ['d', otherwise],
  ['is_defined', defined],
  ['lower', lower],
  ['upper', upper],
  ['title', text((words) => words.split(' ').map(capital).join(' '))],
  ['capitalize', text(capital)],
  ['string', text((word) => word)],
  ['trim', strip],
  ['abs', ([value]) => Math.abs(numbersOf([value, 0])[0] ?? 0)],
  ['replace', replaced],
  ['length', lengthOf],
  ['count', lengthOf],
  ['first', ends((list) => list[0])],
  ['last', ends((list) => list.at(-1))],
  ['from_json', parsed],
  ['tojson', ([value]) => JSON.stringify(value === MISSING ? null : value)],
  ['to_json', ([value]) => JSON.stringify(value === MISSING ? null : value)],
  ['join', ([value, by = '']) => listOf(value).map(textOf).join(textOf(by))],
  ['bool', bool],
  ['iif', iif],
  ['min', least],
  ['max', most],
  ['sum', ([value]) => numbersOf([value]).reduce((a, b) => a + b, 0)],
  ['multiply', (args) => numbersOf(args.slice(0, 2)).reduce((a, b) => a * b, 1)],
  ['add', (args) => numbersOf(args.slice(0, 2)).reduce((a, b) => a + b, 0)],
  ['format', format],
  ['is_number', ([value]) => numberOf(value) !== undefined],
]);

export const FUNCTIONS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['float', float],
  ['int', int],
  ['bool', bool],
  ['iif', iif],
  ['min', least],
  ['max', most],
  ['is_number', ([value]) => numberOf(value) !== undefined],
]);

export const METHODS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['get', get],
  ['split', split],
  ['strip', strip],
  ['lower', lower],
  ['upper', upper],
  ['replace', replaced],
  ['startswith', ([value, part]) => textOf(value).startsWith(textOf(part))],
  ['endswith', ([value, part]) => textOf(value).endsWith(textOf(part))],
  ['find', ([value, part]) => textOf(value).indexOf(textOf(part))],
]);

const isText: Call = ([value]) => typeof value === 'string';

export const TESTS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['defined', ([value]) => value !== MISSING && value !== undefined],
  ['undefined', ([value]) => value === MISSING || value === undefined],
  ['none', ([value]) => value === null],
  ['number', ([value]) => typeof value === 'number'],
  ['string', isText],
  ['boolean', ([value]) => typeof value === 'boolean'],
  ['true', ([value]) => value === true],
  ['false', ([value]) => value === false],
  ['mapping', ([value]) => typeof value === 'object' && value !== null && !Array.isArray(value)],
  ['iterable', ([value]) => typeof value === 'string' || (typeof value === 'object' && value !== null)],
  ['sequence', ([value]) => typeof value === 'string' || Array.isArray(value)],
  ['even', ([value]) => typeof value === 'number' && value % 2 === 0],
  ['odd', ([value]) => typeof value === 'number' && Math.abs(value % 2) === 1],
]);
