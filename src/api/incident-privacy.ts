import type { IncidentDetail, IncidentSummary } from './schemas.ts';

/** Entries of the time line that tell where she was or how she is. */
const tellingKinds: ReadonlySet<string> = new Set(['raised', 'press', 'location', 'on_scene', 'alert']);

/** What remains of a line for who may know of the incident and not where she is. */
export function withoutPlace<T extends IncidentSummary>(incident: T): T {
  return { ...incident, location: null, address: null };
}

/** The same for all of an incident; `keepsWearer` where the reader sees the wearer anyway. */
export function withoutHealth(incident: IncidentDetail, keepsWearer: boolean): IncidentDetail {
  return {
    ...withoutPlace(incident),
    subjectDetail: keepsWearer ? incident.subjectDetail : null,
    navigation: [],
    evidence: {},
    timeline: incident.timeline.map((entry) =>
      tellingKinds.has(entry.kind) ? { ...entry, detail: {} } : entry,
    ),
  };
}
