import type { Generated } from 'kysely';
import type { Defaulted, Json, Nullable, Record_, Timestamp } from './schema-columns.ts';

/** What `alerts` and `shadow_alerts` have in common. */
export interface AlertColumns {
  id: Generated<number>;
  rule: string;
  /** `Rule.version`; null for alerts from before versions were kept. */
  rule_version: Nullable<string>;
  kind: string;
  severity: 'critical' | 'warning' | 'info';
  state: 'firing' | 'resolved';
  device_id: Nullable<number>;
  subject_id: Nullable<number>;
  native_id: string;
  protocol: string;
  fired_at: Timestamp;
  resolved_at: Nullable<Timestamp>;
  /** What came late showed that it never was: it is kept, but it is no alert. */
  withdrawn_at: Nullable<Timestamp>;
  evidence: Json<Record_>;
  /** Of the point of the device; empty where it has one only. */
  channel: Defaulted<string>;
  asset_id: Nullable<number>;
  fault_class: Nullable<string>;
}

/** The tables of migrations 0007 and 0012. */
export interface RuleTables {
  /** Rows are only added. The last one of a rule and lane holds; without a body the rule was taken away, or its trial ended. */
  rule_versions: {
    id: Generated<number>;
    rule: string;
    /** The lane: a version on trial, which runs beside the one in force and only records. */
    shadow: Defaulted<boolean>;
    /** Counted from 1 in each lane of a rule. */
    revision: number;
    /** `Rule.version` of the body. */
    version: Nullable<string>;
    /** The YAML text. */
    body: Nullable<string>;
    /** The YAML text of its test cases. */
    tests: Nullable<string>;
    /** `file`: the rule follows its file in `RULES_DIR`; `page`: it holds until somebody changes it here. */
    origin: 'file' | 'page';
    action: string;
    /** Absent where the folder changed. */
    account_id: Nullable<number>;
    note: Nullable<string>;
    created_at: Timestamp;
  };
  /** Of rules and versions on trial. */
  shadow_alerts: AlertColumns;
  /** Each time that a rule would have fired and gave way to another that stood. */
  held_alerts: { rule: string; device_id: number; channel: Defaulted<string>; held_at: Timestamp };
}
