import { LOW_BATTERY, type Snapshot } from './snapshot.ts';

/** The `[3G*id*LEN*CONTENT]` language as a band of that family writes and reads it. */

const MAKER = '3G';

/** High half of the status word: alarms. Low half: states. */
const ALARM_BITS = { sos: 16, battery_low: 17, taken_off: 20, fall: 21 } as const;
const STATE_BITS = { batteryLow: 0, offWrist: 3, moving: 4 } as const;
export type AlarmKind = keyof typeof ALARM_BITS;

export function encodeFrame(id: string, content: string): string {
  const length = Buffer.byteLength(content).toString(16).toUpperCase().padStart(4, '0');
  return `[${MAKER}*${id}*${length}*${content}]`;
}

export interface ServerFrame {
  command: string;
  args: string[];
}

/** Complete frames of what has arrived so far, and what is left of the next one. The server sends text only. */
export function splitFrames(text: string): { frames: ServerFrame[]; rest: string } {
  const frames: ServerFrame[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf(']');
    if (end < 0) return { frames, rest };
    const start = rest.lastIndexOf('[', end);
    const content =
      start < 0
        ? undefined
        : rest
            .slice(start + 1, end)
            .split('*')
            .slice(3)
            .join('*');
    rest = rest.slice(end + 1);
    if (content === undefined || content === '') continue;
    const [command = '', ...args] = content.split(',');
    frames.push({ command, args });
  }
}

export function statusWord(snapshot: Snapshot, alarm?: AlarmKind): string {
  let word = 0;
  if (snapshot.battery <= LOW_BATTERY) word |= 1 << STATE_BITS.batteryLow;
  if (!snapshot.worn) word |= 1 << STATE_BITS.offWrist;
  if (snapshot.moving) word |= 1 << STATE_BITS.moving;
  if (alarm) word |= 1 << ALARM_BITS[alarm];
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** The record behind `UD`, `UD2` and `AL`; without a fix the coordinates are zero and the Wi-Fi list tells the place. */
export function positionRecord(snapshot: Snapshot, alarm?: AlarmKind): string {
  const { fix } = snapshot;
  const place = fix
    ? ['A', fix.latitude.toFixed(6), 'N', fix.longitude.toFixed(6), 'E']
    : ['V', '0.000000', 'N', '0.000000', 'E'];
  const motion = fix
    ? [fix.speedKmh.toFixed(2), fix.course.toFixed(1), fix.altitude.toFixed(1), fix.satellites]
    : ['0.00', '0.0', '0.0', 0];
  const { cell, wifi } = snapshot;
  return [
    ...deviceTime(snapshot.at),
    ...place,
    ...motion,
    Math.min(100, cell.rssi - 50),
    snapshot.battery,
    snapshot.steps,
    0,
    statusWord(snapshot, alarm),
    ...[1, 255, 460, 0, cell.lac, cell.cid, cell.rssi],
    wifi.length,
    ...wifi.flatMap((point) => [point.name, point.mac, point.rssi]),
    (fix?.accuracyM ?? 0).toFixed(1),
  ].join(',');
}

/** `ddmmyy` and `hhmmss`, in UTC. */
function deviceTime(ms: number): [string, string] {
  const iso = new Date(ms).toISOString();
  return [
    `${iso.slice(8, 10)}${iso.slice(5, 7)}${iso.slice(2, 4)}`,
    `${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}`,
  ];
}

/** The text of `MESSAGE,<UTF-16 big-endian, in hex>`. */
export function messageText(hex: string): string {
  const units = hex.match(/[0-9a-f]{4}/gi) ?? [];
  return String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
}
