import type { Generated } from 'kysely';
import type { OutageScope } from '../model/outages.ts';
import type { Defaulted, Json, Nullable, Timestamp } from './schema-columns.ts';

/** The tables of migrations 0008 and 0010. */
export interface OutageTables {
  /** Times in which a process of ours took uplinks; between them nobody listened. */
  intake_times: { began_at: Timestamp; ended_at: Timestamp };
  /** What fell silent together, for one cause. */
  outages: {
    id: Generated<number>;
    scope: OutageScope;
    /** Id of the asset or grid; name of the operator or protocol. */
    scope_key: string;
    incident_id: number;
    began_at: Timestamp;
    ended_at: Nullable<Timestamp>;
    /** The wider one that it became part of. */
    into_id: Nullable<number>;
  };
  outage_devices: {
    outage_id: number;
    device_id: number;
    /** When it was last heard. */
    silent_since: Timestamp;
    back_at: Nullable<Timestamp>;
    /** Alerts that nobody was told of: they are, where the device stays silent after the others are back. */
    held: Defaulted<Json<unknown[]>>;
  };
}
