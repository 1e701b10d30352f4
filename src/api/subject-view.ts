import type { SubjectView } from './schemas.ts';
import { isSilent, type Silences } from './silence.ts';
import type { SubjectRow } from './stores/subject-view-store.ts';

/** Signals that tell how she is or where: an alert on one of them tells as much. */
const healthSignals: ReadonlySet<string> = new Set([
  'heart_rate',
  'spo2',
  'systolic',
  'diastolic',
  'body_temperature',
  'respiratory_rate',
  'blood_glucose',
  'steps',
  'location',
]);

interface Context {
  /** Whether the reader may know of her vitals now. */
  mayReadVitals: boolean;
  silences: Silences;
  now: number;
}

/** A wearer as the pages show her, without her latest readings. */
export function subjectView(row: SubjectRow, context: Context): SubjectView {
  const [device] = row.devices;
  const seen = row.devices.flatMap(({ lastSeenAt }) => lastSeenAt ?? []);
  const alerts = row.alerts.filter(
    ({ signal }) => context.mayReadVitals || signal === null || !healthSignals.has(signal),
  );
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    sex: row.sex,
    birthYear: row.birth_year,
    phone: row.phone,
    homeAddress: row.home_address,
    homeLatitude: row.home_latitude,
    homeLongitude: row.home_longitude,
    grid: row.home_grid_id === null ? null : { id: row.home_grid_id, name: row.grid_name ?? '' },
    livesAlone: row.lives_alone,
    mobility: row.mobility,
    careNotes: row.care_notes,
    traits: row.traits,
    watchHome: row.watch_home,
    homeRadiusM: row.home_radius_m,
    wellBeing: wellBeingOf(row, context),
    lastSeenAt: seen.length > 0 ? Math.max(...seen) : null,
    device: device
      ? { id: device.id, protocol: device.protocol, nativeId: device.nativeId, battery: device.battery }
      : null,
    openIncidentId: row.open_incident_id,
    alerts: alerts.map(({ id, kind, severity, firedAt }) => ({ id, kind, severity, firedAt })),
    family: row.family,
  };
}

/** Unknown is not normal: she is well only where something of hers was heard within its usual silence and nothing is the matter. */
export function wellBeingOf(
  row: Pick<SubjectRow, 'open_incident_id' | 'alerts' | 'devices'>,
  { silences, now }: Pick<Context, 'silences' | 'now'>,
): SubjectView['wellBeing'] {
  if (row.open_incident_id !== null) return 'emergency';
  if (row.alerts.some(({ severity }) => severity !== 'info')) return 'attention';
  const isHeard = row.devices.some((device) => !isSilent(device, { silences, now }));
  return isHeard ? 'ok' : 'unknown';
}
