import type { Registry } from 'prom-client';
import type { Claims } from '../devices/claims.ts';
import type { Incidents } from '../incidents/incidents.ts';
import type { Role } from '../model/incidents.ts';
import type { Protocol } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { Logger } from '../platform/logging.ts';
import type { Why } from '../rules/lab/why.ts';
import type { Rule } from '../rules/rule.ts';
import type { RuleLibrary } from '../rules/rule-library.ts';
import type { TestRunner } from '../rules/rule-test-run.ts';
import type { RuleWriting } from '../rules/rule-writing.ts';
import type { TelemetryStore } from '../telemetry/telemetry.ts';
import type { TicketViews } from '../tickets/ticket-views.ts';
import type { Tickets } from '../tickets/tickets.ts';
import type { HttpPush } from '../transport/http-push.ts';
import type { Transports } from '../transport/listeners.ts';
import type { HealthView } from './asset-schemas.ts';
import type { Locale } from './schemas.ts';

export interface Actor {
  id: number;
  roles: readonly Role[];
}

/** What people do with an incident; each throws an `AppError` where the state or the actor does not allow it. */
export type IncidentActions = Omit<Incidents, 'respond' | 'stepFailed' | 'sweep'>;

/** The same of a ticket. */
export type TicketActions = Omit<Tickets, 'respond' | 'sweep'>;

/** What is told of the rules besides, how people change them, and how tests of a draft are run. */
export interface RuleDesk {
  library: Pick<RuleLibrary, 'current' | 'fileOf'>;
  writing: RuleWriting;
  test: TestRunner;
  /** How a rule stood for a device at a moment, from what is stored. Rejects with RULES_NO_DEVICES, RULES_NO_TELEMETRY. */
  why(order: { rule: Rule; rules: readonly Rule[]; deviceId: number; at: number }): Promise<Why>;
}

/** Everything the API needs of the others; `app.ts` passes it in. */
export interface ApiDeps {
  database: Database;
  clock: Clock;
  log: Logger;
  /** Rosters are written in the local time of this zone. */
  timeZone: string;
  incidents: IncidentActions;
  tickets: TicketActions;
  ticketViews: TicketViews;
  telemetry: Pick<TelemetryStore, 'series' | 'events'>;
  notifier: {
    /** Resolves with whether it moved; only a notification of that account does. */
    receipt(id: number, state: 'delivered' | 'rung' | 'read', accountId: number): Promise<boolean>;
  };
  /** The grid of a point (WGS-84), where the polygons say one. */
  gridAt(point: { latitude: number; longitude: number }, db?: Queryable): Promise<number | undefined>;
  claims: Pick<Claims, 'start' | 'get' | 'enterCode'>;
  protocols: readonly Pick<
    Protocol,
    | 'name'
    | 'title'
    | 'aliases'
    | 'expectedEveryMs'
    | 'encode'
    | 'mqttTopic'
    | 'gateway'
    | 'tcp'
    | 'udp'
    | 'http'
    | 'webSocket'
  >[];
  /** The ports on which this process hears devices; absent where it holds no transports. */
  listening?: (() => Transports['ports']) | undefined;
  /** Those that run here. */
  rules(): readonly Rule[];
  ruleDesk: RuleDesk;
  metrics: Registry;
  /** For the administrator: since when, in which version, and how the parts are that this process knows of. */
  health: Pick<HealthView, 'startedAt' | 'version'> & { parts(locale: Locale): Promise<HealthView['parts']> };
  /** Names of the parts that are not ready yet; the database is looked at here. */
  notReady(): Promise<string[]>;
  /** Absent where this process holds no transports. */
  push?: HttpPush | undefined;
  /** Folder of the built pages. */
  webDir: string;
  /** Whether people reach the service by https only, so that cookies may demand it. */
  secureCookies: boolean;
}
