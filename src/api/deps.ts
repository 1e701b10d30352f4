import type { Registry } from 'prom-client';
import type { Claims } from '../devices/claims.ts';
import type { Outcome, Role } from '../model/incidents.ts';
import type { Protocol } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { Logger } from '../platform/logging.ts';
import type { SeriesPoint, SeriesQuery } from '../telemetry/telemetry.ts';
import type { RuleView } from './schemas.ts';

export interface Actor {
  id: number;
  roles: readonly Role[];
}

/** What people do with an incident; each throws an `AppError` where the state or the actor does not allow it. */
export interface IncidentActions {
  acknowledge(incidentId: number, actor: Actor): Promise<void>;
  release(incidentId: number, actor: Actor): Promise<void>;
  enRoute(incidentId: number, actor: Actor, input: { etaMinutes?: number | undefined }): Promise<void>;
  onScene(
    incidentId: number,
    actor: Actor,
    input: { latitude?: number | undefined; longitude?: number | undefined },
  ): Promise<void>;
  handOver(incidentId: number, actor: Actor, input: { to: number }): Promise<void>;
  acceptHandOver(incidentId: number, actor: Actor): Promise<void>;
  needHelp(
    incidentId: number,
    actor: Actor,
    input: { what: string; note?: string | undefined },
  ): Promise<void>;
  takeOver(incidentId: number, actor: Actor): Promise<void>;
  comment(incidentId: number, actor: Actor, input: { text: string }): Promise<void>;
  resolve(incidentId: number, actor: Actor, input: { outcome: Outcome; note: string }): Promise<void>;
  close(incidentId: number, actor: Actor): Promise<void>;
}

/** Everything the API needs of the others; `app.ts` passes it in. */
export interface ApiDeps {
  database: Database;
  clock: Clock;
  log: Logger;
  /** Rosters are written in the local time of this zone. */
  timeZone: string;
  incidents: IncidentActions;
  telemetry: { series(query: SeriesQuery): Promise<SeriesPoint[]> };
  notifier: {
    /** Resolves with whether it moved; only a notification of that account does. */
    receipt(id: number, state: 'delivered' | 'rung' | 'read', accountId: number): Promise<boolean>;
  };
  /** The grid of a point (WGS-84), where the polygons say one. */
  gridAt(point: { latitude: number; longitude: number }, db?: Queryable): Promise<number | undefined>;
  claims: Pick<Claims, 'start' | 'get' | 'enterCode'>;
  protocols: readonly Pick<Protocol, 'name' | 'aliases' | 'expectedEveryMs' | 'encode' | 'mqttTopic'>[];
  rules(): readonly RuleView[];
  metrics: Registry;
  /** Names of the parts that are not ready yet; the database is looked at here. */
  notReady(): Promise<string[]>;
  /** Folder of the built pages. */
  webDir: string;
  /** Whether people reach the service by https only, so that cookies may demand it. */
  secureCookies: boolean;
}
