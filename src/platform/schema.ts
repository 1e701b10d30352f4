import type { Generated } from 'kysely';
import type { BuildingTables } from './schema-buildings.ts';
import type {
  Defaulted,
  Json,
  JsonOrNull,
  KeptUplink,
  Nullable,
  Record_,
  Timestamp,
} from './schema-columns.ts';
import type { OutageTables } from './schema-outages.ts';
import type { AlertColumns, RuleTables } from './schema-rules.ts';

export type { Timestamp } from './schema-columns.ts';

export interface Tables extends BuildingTables, RuleTables, OutageTables {
  processes: {
    id: string;
    roles: string[];
    seen_at: Timestamp;
    /** Which rules it runs. */
    rules: JsonOrNull<{ generation: number }>;
  };
  log_partitions: {
    id: number;
    next_no: Defaulted<number>;
    owner: Nullable<string>;
    epoch: Defaulted<number>;
    lease_until: Nullable<Timestamp>;
  };
  log_cursors: { partition: number; consumer: string; no: Defaulted<number>; epoch: Defaulted<number> };
  log: { partition: number; no: number; payload: string; committed_at: Generated<number> };
  grids: {
    id: Generated<number>;
    parent_id: Nullable<number>;
    level: 'city' | 'street' | 'community' | 'grid';
    code: string;
    name: string;
    polygon: Json<{ type: 'Polygon' | 'MultiPolygon'; coordinates: unknown }>;
  };
  /** One row; rises with every change of `grids`, by trigger. */
  grid_version: { version: number };
  accounts: {
    id: Generated<number>;
    login: string;
    name: string;
    phone: Nullable<string>;
    email: Nullable<string>;
    locale: Defaulted<string>;
    large_print: Defaulted<boolean>;
    roles: string[];
    password_hash: string;
    webhook_url: Nullable<string>;
    webhook_secret: Nullable<string>;
    active: Defaulted<boolean>;
    created_at: Generated<number>;
  };
  sessions: { token_hash: string; account_id: number; created_at: Timestamp; expires_at: Timestamp };
  desk_members: { grid_id: number; account_id: number };
  shifts: {
    id: Generated<number>;
    grid_id: number;
    account_id: number;
    duty: 'worker' | 'deputy';
    /** 1 is Monday. Minutes are local time of `TZ_REGION`. */
    weekday: number;
    from_minute: number;
    to_minute: number;
  };
  subjects: {
    id: Generated<number>;
    kind: 'elder' | 'child';
    name: string;
    sex: Nullable<'female' | 'male'>;
    birth_year: Nullable<number>;
    phone: Nullable<string>;
    home_address: Nullable<string>;
    home_latitude: Nullable<number>;
    home_longitude: Nullable<number>;
    home_grid_id: Nullable<number>;
    lives_alone: Defaulted<boolean>;
    mobility: Defaulted<'normal' | 'impaired'>;
    care_notes: Nullable<string>;
    /** What rules go by (`copd`, `athlete`), and other words. */
    traits: Defaulted<string[]>;
    /** Whether leaving home is told, and from how far away; null: as the rule says. */
    watch_home: Defaulted<boolean>;
    home_radius_m: Nullable<number>;
    created_at: Generated<number>;
  };
  subject_members: {
    subject_id: number;
    account_id: number;
    relation: string;
    guardian: Defaulted<boolean>;
    created_at: Generated<number>;
  };
  devices: {
    id: Generated<number>;
    protocol: string;
    native_id: string;
    name: Nullable<string>;
    model: Nullable<string>;
    subject_id: Nullable<number>;
    grid_id: Nullable<number>;
    secret_salt: Nullable<string>;
    secret_hash: Nullable<string>;
    active: Defaulted<boolean>;
    registered_by: Nullable<number>;
    created_at: Generated<number>;
    /** Since when it is this wearer's; what it read before is somebody else's. */
    assigned_at: Nullable<Timestamp>;
    last_seen_at: Nullable<Timestamp>;
    asset_id: Nullable<number>;
    /** The device through which it speaks. */
    gateway_id: Nullable<number>;
    /** Of a gateway: the MQTT topic below which it speaks, without the last slash. */
    topic_prefix: Nullable<string>;
    hardware_id: Nullable<string>;
    vendor: Nullable<string>;
    /** Of a gateway, and of a device whose availability is told; null is unknown. */
    online: Nullable<boolean>;
    online_changed_at: Nullable<Timestamp>;
    /** Of whose network its card is, where somebody said so. */
    operator: Nullable<string>;
  };
  device_aliases: { protocol: string; alias: string; device_id: number };
  unknown_devices: {
    protocol: string;
    native_id: string;
    source: string;
    first_seen_at: Timestamp;
    last_seen_at: Timestamp;
    uplinks: Defaulted<number>;
    /** Native id of the gateway through which it spoke, and what that says it is. */
    gateway_native_id: Nullable<string>;
    description: Nullable<string>;
  };
  claims: {
    id: Generated<number>;
    account_id: number;
    protocol: Nullable<string>;
    native_ids: string[];
    method: 'code' | 'press';
    code_hash: Nullable<string>;
    attempts: Defaulted<number>;
    state: 'open' | 'proved' | 'used' | 'failed' | 'expired';
    draft: Json<Record_>;
    created_at: Timestamp;
    expires_at: Timestamp;
  };
  downlinks: {
    id: Generated<number>;
    protocol: string;
    native_id: string;
    device_id: Nullable<number>;
    command: Json<Record_>;
    state: 'queued' | 'sent' | 'acknowledged' | 'failed' | 'expired';
    answered_by: Nullable<string>;
    reason: Nullable<string>;
    requested_by: Nullable<number>;
    created_at: Timestamp;
    expires_at: Timestamp;
    sent_at: Nullable<Timestamp>;
    done_at: Nullable<Timestamp>;
    /** The state of the device that proves it was carried out, where an answer alone does not. */
    confirm: JsonOrNull<Record_>;
    ticket_id: Nullable<number>;
  };
  uplinks: {
    id: Generated<number>;
    received_at: Timestamp;
    device_id: Nullable<number>;
    protocol: string;
    transport: string;
    native_id: Nullable<string>;
    source: string;
    topic: Nullable<string>;
    command: string;
    outcome: string;
    reason: Nullable<string>;
    reading_count: number;
    bytes: Buffer;
  };
  /** What outlives the day partitions of `uplinks`, because it belongs to an incident. */
  incident_uplinks: KeptUplink & { incident_id: number };
  readings: ReadingColumns;
  latest_readings: ReadingColumns;
  /** Life events seen; the same key again before `until` is a retransmission. */
  life_keys: { key: string; seen_at: Timestamp; until: Timestamp };
  inbox: {
    id: Generated<number>;
    received_at: Timestamp;
    observed_at: Timestamp;
    protocol: string;
    native_id: string;
    source: string;
    device_id: Nullable<number>;
    subject_id: Nullable<number>;
    signal: string;
    origin: string;
    payload: Json<Record_>;
    claimed_until: Nullable<Timestamp>;
    done_at: Nullable<Timestamp>;
  };
  rule_states: {
    rule: string;
    scope: string;
    partition: number;
    state: Json<Record_>;
    due_at: Nullable<Timestamp>;
  };
  alerts: AlertColumns & {
    incident_id: Nullable<number>;
    ticket_id: Nullable<number>;
    /** What it turned out to be, where somebody said so of this alert itself. */
    finding: Nullable<'real' | 'false_press' | 'device_fault' | 'harmless' | 'test'>;
    found_by: Nullable<number>;
    found_at: Nullable<Timestamp>;
  };
  incidents: {
    id: Generated<number>;
    kind: string;
    severity: 'critical' | 'warning' | 'info';
    status: 'raised' | 'notified' | 'acknowledged' | 'en_route' | 'on_scene' | 'resolved' | 'closed';
    dedup_key: string;
    subject_id: Nullable<number>;
    device_id: Nullable<number>;
    /** Where nobody wears the device: the asset that it watches. */
    asset_id: Nullable<number>;
    protocol: string;
    native_id: string;
    /** Remote address of the event that opened it. */
    source: Defaulted<string>;
    grid_id: Nullable<number>;
    responsible_by: 'fix' | 'home' | 'registration' | 'none';
    location: JsonOrNull<Record_>;
    address: Nullable<string>;
    presses: Defaulted<number>;
    late: Defaulted<boolean>;
    raised_at: Timestamp;
    observed_at: Timestamp;
    last_press_at: Timestamp;
    owner_id: Nullable<number>;
    hand_over_to: Nullable<number>;
    eta_at: Nullable<Timestamp>;
    notified_at: Nullable<Timestamp>;
    acknowledged_at: Nullable<Timestamp>;
    en_route_at: Nullable<Timestamp>;
    on_scene_at: Nullable<Timestamp>;
    resolved_at: Nullable<Timestamp>;
    closed_at: Nullable<Timestamp>;
    outcome: Nullable<string>;
    note: Nullable<string>;
    policy: Json<Record_>;
    next_step: Defaulted<number>;
    next_step_at: Nullable<Timestamp>;
    lease_until: Nullable<Timestamp>;
    evidence: Json<Record_>;
  };
  timeline: {
    id: Generated<number>;
    incident_id: number;
    at: Timestamp;
    kind: string;
    actor_id: Nullable<number>;
    detail: Json<Record_>;
  };
  notifications: {
    id: Generated<number>;
    incident_id: Nullable<number>;
    ticket_id: Nullable<number>;
    alert_id: Nullable<number>;
    account_id: Nullable<number>;
    channel: string;
    template: string;
    step: Nullable<number>;
    why: string;
    payload: Json<Record_>;
    state: 'queued' | 'accepted' | 'delivered' | 'rung' | 'answered' | 'read' | 'acknowledged' | 'failed';
    reason: Nullable<string>;
    attempts: Defaulted<number>;
    due_at: Nullable<Timestamp>;
    claimed_until: Nullable<Timestamp>;
    provider_id: Nullable<string>;
    created_at: Timestamp;
    sent_at: Nullable<Timestamp>;
    updated_at: Timestamp;
  };
  audit: {
    id: Generated<number>;
    at: Timestamp;
    account_id: Nullable<number>;
    action: string;
    subject_id: Nullable<number>;
    incident_id: Nullable<number>;
    ticket_id: Nullable<number>;
    device_id: Nullable<number>;
    detail: Json<Record_>;
  };
}

interface ReadingColumns {
  device_id: number;
  signal: string;
  channel: Defaulted<string>;
  observed_at: Timestamp;
  received_at: Timestamp;
  origin: string;
  number: Nullable<number>;
  value: JsonOrNull<unknown>;
}
