/**
 * A Tuya controller behind Tasmota: `TuyaReceived` holds the serial frame. Of breakers (category "dlq") the data points are fixed; those of
 * other categories mean something else, so a frame counts only where it has one that no other category shares.
 */
import { faultOf, faultWords } from '../faults.ts';
import { add, isObject, type Sink } from '../sink.ts';
import { put } from './energy.ts';

interface Point {
  id: number;
  type: number;
  data: Uint8Array;
}

const RAW = 0;
const BOOL = 1;
const VALUE = 2;
const BITMAP = 5;
/** What flows back is told as a number that no house draws. */
const MOST_WATTS = 500_000;
const PHASES: Readonly<Record<number, string>> = { 6: 'a', 7: 'b', 8: 'c' };

/** Data point, type, length of two bytes, data; as many as fit. */
function pointsIn(hex: string): Point[] {
  const bytes = Buffer.from(hex.replace(/^0x/i, '').slice(0, 2048), 'hex');
  const points: Point[] = [];
  for (let at = 0; at + 4 <= bytes.length && points.length < 40; ) {
    const length = bytes.readUInt16BE(at + 2);
    if (at + 4 + length > bytes.length) break;
    points.push({
      id: bytes[at] ?? 0,
      type: bytes[at + 1] ?? 0,
      data: bytes.subarray(at + 4, at + 4 + length),
    });
    at += 4 + length;
  }
  return points;
}

const numberOf = (data: Uint8Array) => data.reduce((sum, byte) => sum * 256 + byte, 0);

function isPhase({ id, type, data }: Point): boolean {
  return PHASES[id] !== undefined && type === RAW && data.length === 8;
}

function isBreaker(points: readonly Point[]): boolean {
  return points.some((point) => isPhase(point) || (point.id === 9 && point.type === BITMAP));
}

function readPoint(sink: Sink, point: Point): undefined {
  const { id, type, data } = point;
  if (isPhase(point)) {
    const place = { channel: PHASES[id] ?? '' };
    put(sink, 'voltage', numberOf(data.subarray(0, 2)) / 10, place);
    put(sink, 'current', numberOf(data.subarray(2, 5)) / 1000, place);
    const power = numberOf(data.subarray(5, 8));
    put(sink, 'power', power > MOST_WATTS ? null : power, place);
  } else if (id === 9 && type === BITMAP) {
    for (const fault of (faultWords(numberOf(data)) ?? []).flatMap((word) => faultOf(word) ?? []))
      add(sink, {
        signal: 'breaker_fault',
        value: true,
        cause: fault.cause,
        ...(fault.code ? { code: fault.code } : {}),
      });
  } else if (id === 1 && type === VALUE) put(sink, 'energy_import', numberOf(data) * 10);
  else if (id === 15 && type === VALUE) put(sink, 'residual_current', numberOf(data));
  else if (id === 16 && type === BOOL)
    add(sink, { signal: 'breaker_position', value: numberOf(data) === 1 ? 'closed' : 'open' });
  else if (id === 103 && type === VALUE) put(sink, 'breaker_temperature', numberOf(data));
}

/** What a breaker told its radio, where it is one. */
export function readTuya(sink: Sink, received: unknown): undefined {
  if (!isObject(received) || typeof received.CmndData !== 'string') return;
  const points = pointsIn(received.CmndData);
  if (isBreaker(points)) for (const point of points) readPoint(sink, point);
}
