import { LOW_BATTERY, type Snapshot } from './snapshot.ts';
import type { AlarmKind } from './watch-frames.ts';

/** One JSON message of the native MQTT language: canonical signal names beside `seq`, `time` and `history`. */
export type NativeMessage = { seq: number; time: string } & Record<string, unknown>;

type Signals = Record<string, unknown>;

export const topics = (id: string) => ({ up: `gridguard/v1/${id}/up`, down: `gridguard/v1/${id}/down` });

export function positionSignals(snapshot: Snapshot): Signals {
  const { fix, cell, wifi } = snapshot;
  const place = fix
    ? {
        location: {
          latitude: rounded(fix.latitude, 6),
          longitude: rounded(fix.longitude, 6),
          altitude: fix.altitude,
          accuracyM: fix.accuracyM,
          satellites: fix.satellites,
          speedKmh: rounded(fix.speedKmh, 1),
          source: 'gps',
        },
      }
    : {
        network_scan: {
          cells: [{ mcc: 460, mnc: 0, lac: cell.lac, cid: cell.cid, rssi: cell.rssi - 230 }],
          wifi,
        },
      };
  return { ...place, ...stateSignals(snapshot), steps: snapshot.steps, moving: snapshot.moving };
}

export function stateSignals({ battery, worn }: Snapshot): Signals {
  return { battery, battery_low: battery <= LOW_BATTERY, worn };
}

/** Nothing while the band is off the wrist: unknown is no number. */
export function vitalSignals({ vitals }: Snapshot): Signals | undefined {
  return (
    vitals && {
      heart_rate: vitals.heartRate,
      spo2: vitals.spo2,
      systolic: vitals.systolic,
      diastolic: vitals.diastolic,
      body_temperature: vitals.temperature,
    }
  );
}

export function alarmSignals(kind: AlarmKind, snapshot: Snapshot): Signals {
  const event = { sos: { sos: true }, fall: { fall: true }, taken_off: {}, battery_low: {} }[kind];
  return { ...event, ...positionSignals(snapshot) };
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
