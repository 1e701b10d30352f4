import type { GatewayChild } from '../../src/model/uplinks.ts';
import { clean } from '../sink.ts';
import { meaningsOf } from './meanings.ts';
import { type Metric, metricValue, type Payload } from './payload.ts';
import {
  type Memory,
  MOST_DEVICES,
  MOST_METRICS,
  NODE,
  put,
  rowsOf,
  type TaughtDevice,
  taughtOf,
  without,
} from './session.ts';
import { nativeIdOf, type Place } from './topics.ts';

const BD_SEQ = 'bdSeq';
const MAKER = /(?:^|\/)(?:hardware )?(?:make|maker|manufacturer|vendor)$/i;
const MODEL = /(?:^|\/)(?:hardware )?model(?: (?:number|name))?$/i;

/** Number of the session of a birth or death of an edge node. */
export function bdSeqOf({ metrics }: Payload): number | undefined {
  const metric = metrics.find(({ name }) => name === BD_SEQ);
  const value = metric && metricValue(metric, metric.datatype);
  return typeof value === 'number' ? value : undefined;
}

const nameOf = ({ name = '' }: Metric) => clean(name, 128);

/** What a birth says of the metrics of one device. */
function teach(payload: Payload, room: number): TaughtDevice {
  const named = payload.metrics.filter(({ name }) => name !== undefined && name !== '');
  const meanings = meaningsOf(
    named.map((metric) => ({ name: nameOf(metric), ...(metric.unit ? { unit: metric.unit } : {}) })),
  );
  const metrics = named.flatMap((metric, i) => {
    const meaning = meanings[i];
    const { alias, datatype } = metric;
    if (!meaning) return [];
    const known = {
      ...(alias === undefined ? {} : { alias }),
      ...(datatype === undefined ? {} : { datatype }),
    };
    return [{ name: nameOf(metric), ...known, meaning }];
  });
  const spoken = new Set(metrics.map(({ alias }) => alias));
  const silent = payload.metrics.flatMap(({ alias }) =>
    alias === undefined || spoken.has(alias) ? [] : [alias],
  );
  return { metrics: metrics.slice(0, room), silent: rowsOf(silent) };
}

function countOf(devices: Readonly<Record<string, TaughtDevice>>): number {
  return Object.values(devices).reduce((sum, { metrics }) => sum + metrics.length, 0);
}

/** The same object where the birth says what is known. */
function withDevice(
  memory: Memory,
  name: string,
  { payload, keep }: { payload: Payload; keep: boolean },
): Memory {
  const taught = taughtOf(memory);
  const others = keep ? without(taught.devices, name) : {};
  const device = teach(payload, Math.max(0, MOST_METRICS - countOf(others)));
  const bdSeq = name === NODE ? bdSeqOf(payload) : taught.bdSeq;
  const devices = put(others, name, { value: device, most: MOST_DEVICES });
  return {
    ...memory,
    taught: { version: 1, ...(bdSeq === undefined ? {} : { bdSeq }), devices, standing: taught.standing },
  };
}

/** The birth of an edge node begins a session: what its devices taught in the one before is void. */
export function bearNode({ dead: _dead, ...memory }: Memory, payload: Payload): Memory {
  return withDevice(memory, NODE, { payload, keep: false });
}

export function bearDevice(memory: Memory, device: string, payload: Payload): Memory {
  return withDevice(memory, device, { payload, keep: true });
}

function textOf(payload: Payload, pattern: RegExp): string | undefined {
  const metric = payload.metrics.find(({ name, raw }) => typeof raw === 'string' && pattern.test(name ?? ''));
  const text = clean(String(metric?.raw ?? ''), 64).trim();
  return text === '' ? undefined : text;
}

/** A device as its birth certificate introduces it. */
export function childOf(place: Place & { device: string }, payload: Payload): GatewayChild {
  const model = textOf(payload, MODEL);
  const vendor = textOf(payload, MAKER);
  return {
    nativeId: nativeIdOf(place),
    name: clean(place.device, 64),
    ...(model === undefined ? {} : { model }),
    ...(vendor === undefined ? {} : { vendor }),
  };
}
