/** What a payload codec returned, as a flat list of named values: triples, pairs, nested objects, lists and logs are all taken apart here. */
import { isObject, type JsonObject } from '../sink.ts';
import { pathTo, splitName } from './names.ts';
import { timeOf } from './times.ts';

export type Scalar = string | number | boolean;

export interface Field {
  /** The most telling name first: with what it stands in, then alone. Words in small letters joined by `_`, without the unit. */
  names: readonly string[];
  /** As the codec says it, dots between the levels: for operators' maps and for reasons. */
  path: string;
  value: Scalar;
  unit?: string;
  /** Told by where it stands: a number as key, a place in a list. */
  channel?: string;
}

/** What belongs to one moment; `late` was recorded and sent afterwards. */
export interface Moment {
  fields: Field[];
  objects: { path: string; object: JsonObject }[];
  at?: number;
  late: boolean;
}

const MAX_FIELDS = 500;
const MAX_MOMENTS = 200;
const MAX_DEPTH = 8;
const LATE_MS = 600_000;

const LOG =
  /(?:^|_)(?:history|histor\w*|data_?logs?|logs?|records?|stored|backlog|list_of_measurements|retrans\w*)(?:_|$)/;
/** What stands below these is how a device is set, not what it measures. */
const SETTINGS =
  /(?:^|_)(?:config\w*|settings?|thresholds?|limits?|calibrat\w*|param\w*|schedules?|rules?|downlinks?|plans?|versions?)(?:_|$)/;
/** Of a value with its extremes, the one that counts. */
const NOW = ['value', 'current', 'now', 'avg', 'average', 'mean', 'last', 'last_value', 'data'];
const EXTREME = /^(?:min|max|avg|mean|last|current|now|average|minimum|maximum|unit)$/;

interface Walk {
  moments: Moment[];
  receivedAt: number;
  left: number;
}
interface Place {
  moment: Moment;
  /** Names of what it stands in, without containers that say nothing. */
  path: readonly string[];
  channel?: string;
  depth: number;
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value));

function addField(walk: Walk, place: Place, { value, unit }: { value: Scalar; unit?: string }): void {
  if (walk.left <= 0) return;
  walk.left -= 1;
  const own = place.path.at(-1) ?? 'value';
  const { names, unit: inName, channel } = pathTo(place.path);
  const told = unit ?? inName;
  place.moment.fields.push({
    names: names.length > 0 ? names : [splitName(own).name],
    path: place.path.join('.'),
    value,
    ...(told === undefined || told === '' ? {} : { unit: told }),
    ...((channel ?? place.channel) === undefined ? {} : { channel: channel ?? place.channel }),
  } as Field);
}

/** `{displayName, value, unit}`, `{data, unit}`, `{value}`: one value with what is said of it. */
function asLeaf(object: JsonObject): { value: Scalar; unit?: string } | undefined {
  const { unit, displayName } = object;
  const described =
    typeof unit === 'string' || typeof displayName === 'string' || Object.keys(object).length === 1;
  const value = described ? NOW.map((key) => object[key]).find(isScalar) : undefined;
  if (value === undefined) return undefined;
  return { value, ...(typeof unit === 'string' ? { unit } : {}) };
}

/** The value among its own minimum and maximum. */
function asExtremes(object: JsonObject): Scalar | undefined {
  const keys = Object.keys(object);
  if (keys.length < 2 || !keys.every((key) => EXTREME.test(key))) return undefined;
  return NOW.map((key) => object[key]).find(isScalar);
}

/** `{name: "voltage", value: 230, unit: "V"}`: the name is a value itself. */
function asNamed(item: JsonObject): { name: string; value: Scalar; unit?: string } | undefined {
  const name = [item.name, item.type, item.alias, item.id, item.key].find(
    (one) => typeof one === 'string' && /^[A-Za-z]/.test(one),
  );
  const value = [item.value, item.data, item.measurementValue].find(isScalar);
  if (typeof name !== 'string' || value === undefined) return undefined;
  return { name, value, ...(typeof item.unit === 'string' ? { unit: item.unit } : {}) };
}

function momentOf(
  walk: Walk,
  item: JsonObject,
  { logged, within }: { logged: boolean; within: Moment },
): Moment {
  const at = timeOf(item, walk.receivedAt);
  const old = at !== undefined && at < walk.receivedAt - LATE_MS;
  if (!logged && !old) return within;
  const moment: Moment = { fields: [], objects: [], late: true, ...(at === undefined ? {} : { at }) };
  if (walk.moments.length < MAX_MOMENTS) walk.moments.push(moment);
  return moment;
}

function walkList(walk: Walk, list: readonly unknown[], place: Place): void {
  const own = splitName(place.path.at(-1) ?? '').name;
  const logged = LOG.test(own);
  list.slice(0, MAX_MOMENTS).forEach((item, index) => {
    if (Array.isArray(item)) walkList(walk, item, { ...place, depth: place.depth + 1 });
    else if (isObject(item)) {
      const moment = momentOf(walk, item, { logged, within: place.moment });
      const named = asNamed(item);
      const inner = { ...place, moment, depth: place.depth + 1 };
      if (named) addField(walk, { ...inner, path: [named.name] }, named);
      else
        walkObject(
          walk,
          item,
          moment !== place.moment
            ? { ...inner, path: [] }
            : list.length === 1
              ? inner
              : { ...inner, channel: String(index + 1) },
        );
    } else if (isScalar(item) && list.length <= 8 && !logged)
      addField(walk, { ...place, channel: String(index + 1) }, { value: item });
  });
}

function walkValue(walk: Walk, key: string, { value, place }: { value: unknown; place: Place }): void {
  const number = /^\d{1,3}$/.test(key);
  const inner: Place = number
    ? { ...place, channel: key, depth: place.depth + 1 }
    : { ...place, path: [...place.path, key], depth: place.depth + 1 };
  if (isScalar(value)) addField(walk, inner, { value });
  else if (inner.depth > MAX_DEPTH || SETTINGS.test(splitName(key).name)) return;
  else if (Array.isArray(value)) walkList(walk, value, inner);
  else if (isObject(value)) {
    const extreme = asExtremes(value);
    const leaf = extreme === undefined ? asLeaf(value) : { value: extreme };
    if (leaf) addField(walk, inner, leaf);
    else walkObject(walk, value, inner);
  }
}

function walkObject(walk: Walk, object: JsonObject, place: Place): void {
  place.moment.objects.push({ path: place.path.join('.'), object });
  const unit = typeof object.unit === 'string' ? object.unit : undefined;
  for (const [key, value] of Object.entries(object).slice(0, MAX_FIELDS)) {
    const lone = unit !== undefined && /^(?:last_?)?value$/i.test(key) && isScalar(value);
    if (lone) addField(walk, { ...place, path: [...place.path, key] }, { value, unit });
    else walkValue(walk, key, { value, place });
  }
}

/** Every value of an object, the present moment first, what was logged after it. Bounded for any input. */
export function momentsIn(data: unknown, receivedAt: number): Moment[] {
  const now: Moment = { fields: [], objects: [], late: false };
  const walk: Walk = { moments: [now], receivedAt, left: MAX_FIELDS };
  const place: Place = { moment: now, path: [], depth: 0 };
  if (Array.isArray(data)) walkList(walk, data, place);
  else if (isObject(data)) {
    const at = timeOf(data, receivedAt);
    if (at !== undefined) now.at = at;
    walkObject(walk, data, place);
  }
  return walk.moments;
}
