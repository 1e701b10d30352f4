import type { TimelineKind } from '../model/incidents.ts';

/** An entry of a time line before it is written: the store adds incident and time. */
export interface TimelineDraft {
  kind: TimelineKind;
  actorId?: number;
  detail: Readonly<Record<string, unknown>>;
}
