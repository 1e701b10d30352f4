import type { SubjectView } from '../../src/api/schemas.ts';

/** What the mock's wristbands measured. */

const MINUTE = 60_000;

export function latestOf(subject: SubjectView, now: number): NonNullable<SubjectView['latest']> {
  const reading = (signal: string, value: unknown, unit: string | null, minAgo: number) => ({
    signal,
    channel: '',
    value,
    unit,
    observedAt: now - minAgo * MINUTE,
    receivedAt: now - minAgo * MINUTE + 400,
    origin: 'live',
  });
  const { homeLatitude, homeLongitude } = subject;
  return [
    reading('heart_rate', 76, '/min', 3),
    reading('spo2', 97, '%', 3),
    reading('systolic', 132, 'mmHg', 65),
    reading('diastolic', 84, 'mmHg', 65),
    reading('body_temperature', 36.4, '°C', 20),
    reading('steps', 2417, 'count', 3),
    reading('battery', 64, '%', 3),
    reading(
      'location',
      {
        latitude: (homeLatitude ?? 0) + 0.0004,
        longitude: (homeLongitude ?? 0) + 0.0005,
        accuracyM: 24,
        source: 'gps',
      },
      null,
      8,
    ),
  ];
}

const middle: Readonly<Record<string, number>> = {
  heart_rate: 76,
  spo2: 97,
  systolic: 130,
  diastolic: 82,
  body_temperature: 36.4,
};

/** A plausible day without chance: the same every time. */
export function seriesOf(signal: string, from: number, to: number): { at: number; value: number }[] {
  const every = signal === 'systolic' || signal === 'diastolic' ? 180 * MINUTE : 15 * MINUTE;
  const points: { at: number; value: number }[] = [];
  for (let at = from; at <= to; at += every) {
    const hour = (at - from) / 3_600_000;
    const wave = Math.sin(hour * 1.7) * 3 + Math.sin(hour * 5.3) * 2;
    const value =
      signal === 'steps'
        ? Math.round(Math.max(0, hour - 6) * 190)
        : (middle[signal] ?? 50) + wave * (signal === 'body_temperature' ? 0.05 : 1);
    points.push({ at, value: Math.round(value * 10) / 10 });
  }
  return points;
}
