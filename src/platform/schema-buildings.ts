import type { Generated } from 'kysely';
import type {
  Defaulted,
  Json,
  JsonOrNull,
  KeptUplink,
  Nullable,
  Record_,
  Timestamp,
} from './schema-columns.ts';

/** The tables of migrations 0003 and 0004. */
export interface BuildingTables {
  companies: {
    id: Generated<number>;
    code: string;
    name: string;
    phone: Nullable<string>;
    created_at: Generated<number>;
  };
  company_members: { company_id: number; account_id: number; duty: 'manager' | 'repairer' };
  company_shifts: {
    id: Generated<number>;
    company_id: number;
    account_id: number;
    /** 1 is Monday. Minutes are local time of `TZ_REGION`. */
    weekday: number;
    from_minute: number;
    to_minute: number;
  };
  assets: {
    id: Generated<number>;
    parent_id: Nullable<number>;
    /** The root of its tree; its own id where it is the root. */
    site_id: number;
    kind: string;
    /** Unique, as the company or the authority numbers it: imports find it by this. */
    code: string;
    name: string;
    /** Null: that of the nearest ancestor which has one. The same for the company. */
    grid_id: Nullable<number>;
    company_id: Nullable<number>;
    address: Nullable<string>;
    latitude: Nullable<number>;
    longitude: Nullable<number>;
    remote_switch: Defaulted<'never' | 'manual' | 'automatic'>;
    created_at: Generated<number>;
  };
  /** What each registered gateway says is behind it, whoever the devices belong to. */
  gateway_children: {
    gateway_id: number;
    native_id: string;
    name: Nullable<string>;
    model: Nullable<string>;
    vendor: Nullable<string>;
  };
  /** What a gateway taught its protocol (`bridge/devices`), by its native id. */
  protocol_sessions: { protocol: string; native_id: string; session: Json<Record_>; updated_at: Timestamp };
  /** One owner at a time of what only one process may do; the epoch rises with each owner. */
  leases: { name: string; owner: string; epoch: Defaulted<number>; until: Timestamp };

  tickets: {
    id: Generated<number>;
    dedup_key: string;
    fault_class: string;
    kind: string;
    severity: 'critical' | 'warning' | 'info';
    status:
      | 'reported'
      | 'dispatched'
      | 'accepted'
      | 'in_progress'
      | 'paused'
      | 'finished'
      | 'verified'
      | 'closed';
    level: 'property' | 'community' | 'city';
    asset_id: Nullable<number>;
    device_id: Nullable<number>;
    protocol: string;
    native_id: string;
    channel: Defaulted<string>;
    grid_id: Nullable<number>;
    /** The property company in charge of the place, at whatever level the ticket is. */
    company_id: Nullable<number>;
    /** The community, street or city whose desk owns it above level `property`. */
    desk_grid_id: Nullable<number>;
    owner_id: Nullable<number>;
    occurrences: Defaulted<number>;
    /** Faults that came back within a week of closing. */
    reworks: Defaulted<number>;
    /** Went back to the dispatcher once as mis-dispatched; never a second time. */
    returned: Defaulted<boolean>;
    observed_at: Timestamp;
    reported_at: Timestamp;
    last_fault_at: Timestamp;
    /** The sensor says that it is good again. */
    recovered_at: Nullable<Timestamp>;
    accepted_at: Nullable<Timestamp>;
    started_at: Nullable<Timestamp>;
    finished_at: Nullable<Timestamp>;
    verified_at: Nullable<Timestamp>;
    /** Null with `verified_at`: the sensor's own good value. */
    verified_by: Nullable<number>;
    closed_at: Nullable<Timestamp>;
    finished_by: Nullable<number>;
    /** What it turned out to be, by who finished it. */
    finding: Nullable<'real' | 'false_press' | 'device_fault' | 'harmless' | 'test'>;
    note: Nullable<string>;
    policy: Json<Record_>;
    clock: Json<Record_>;
    due_at: Nullable<Timestamp>;
    /** When the sweep must look again: a reminder, the deadline, the end of a pause. */
    next_at: Nullable<Timestamp>;
    /** Percent of the deadline at which the last reminder went out. */
    reminded: Defaulted<number>;
    /** A pause or an extension that waits for approval. */
    request: JsonOrNull<Record_>;
    paused_at: Nullable<Timestamp>;
    paused_until: Nullable<Timestamp>;
    /** In pauses that are over, of natural time. */
    paused_ms: Defaulted<number>;
    extensions: Defaulted<number>;
    rating: Nullable<number>;
    rating_note: Nullable<string>;
    evidence: Json<Record_>;
  };
  ticket_timeline: {
    id: Generated<number>;
    ticket_id: number;
    at: Timestamp;
    kind: string;
    actor_id: Nullable<number>;
    detail: Json<Record_>;
  };
  ticket_breaches: {
    id: Generated<number>;
    ticket_id: number;
    at: Timestamp;
    stage: 'accept' | 'finish';
    level: 'property' | 'community' | 'city';
    company_id: Nullable<number>;
    desk_grid_id: Nullable<number>;
    owner_id: Nullable<number>;
    due_at: Timestamp;
  };
  ticket_tasks: {
    id: Generated<number>;
    ticket_id: number;
    account_id: Nullable<number>;
    company_id: Nullable<number>;
    assigned_by: Nullable<number>;
    note: Nullable<string>;
    created_at: Timestamp;
    done_at: Nullable<Timestamp>;
  };
  ticket_photos: {
    id: Generated<number>;
    ticket_id: number;
    at: Timestamp;
    account_id: number;
    stage: 'before' | 'after';
    type: 'image/jpeg' | 'image/png' | 'image/webp';
    bytes: Buffer;
  };
  ticket_uplinks: KeptUplink & { ticket_id: number };
}
