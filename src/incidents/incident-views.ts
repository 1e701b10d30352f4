import type {
  EscalationTarget,
  IncidentLocation,
  IncidentStatus,
  Outcome,
  TimelineKind,
} from '../model/incidents.ts';
import { MASS_OFFLINE, type Outage } from '../model/outages.ts';
import { assetTitle } from '../people/whereabouts-store.ts';
import type { Queryable } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { actionsFor } from './incident-machine.ts';
import {
  type IncidentNotificationRow,
  type IncidentQuery,
  type IncidentRow,
  readIncidentNotifications,
  readIncidents,
  readSubjectDetail,
  readTimeline,
  type SubjectDetailRow,
  type TimelineRow,
  type Viewer,
} from './incident-queries-store.ts';
import { type IncidentState, isUnanswered } from './incident-state.ts';
import { type NavigationLink, navigationLinks } from './navigation.ts';

export type { IncidentQuery, Viewer };

interface PersonView {
  id: number;
  name: string;
  phone: string | null;
}

/** One line of a list; what the API calls `IncidentSummary`. */
export interface IncidentSummaryView {
  id: number;
  kind: string;
  severity: 'critical' | 'warning' | 'info';
  status: IncidentStatus;
  subject: { id: number; name: string; birthYear: number | null } | null;
  asset: { id: number; name: string; path: string } | null;
  device: { id: number | null; protocol: string; nativeId: string };
  grid: { id: number; name: string } | null;
  responsibleBy: 'fix' | 'home' | 'registration' | 'none';
  location: IncidentLocation | null;
  address: string | null;
  presses: number;
  late: boolean;
  /** By the device's time, where we heard of it late; null where that says no more. */
  happenedAt: number | null;
  raisedAt: number;
  lastPressAt: number;
  owner: PersonView | null;
  handOverTo: PersonView | null;
  ringsForMe: boolean;
  etaAt: number | null;
  acknowledgedAt: number | null;
  resolvedAt: number | null;
  nextStepAt: number | null;
  outcome: Outcome | null;
  /** Where many devices fell silent together: what they have in common. */
  outage: Pick<Outage, 'scope' | 'key' | 'label'> | null;
}

/** Everything of one incident; what the API calls `IncidentDetail`. */
export interface IncidentDetailView extends IncidentSummaryView {
  subjectDetail: {
    kind: 'elder' | 'child';
    sex: 'female' | 'male' | null;
    phone: string | null;
    homeAddress: string | null;
    livesAlone: boolean;
    mobility: 'normal' | 'impaired';
    careNotes: string | null;
    traits: string[];
    family: (PersonView & { relation: string })[];
  } | null;
  battery: number | null;
  navigation: NavigationLink[];
  note: string | null;
  leaseUntil: number | null;
  notifiedAt: number | null;
  enRouteAt: number | null;
  onSceneAt: number | null;
  closedAt: number | null;
  evidence: Record<string, unknown>;
  policy: {
    name: string;
    steps: { afterMs: number; notify: EscalationTarget[] }[];
    repeatEveryMs: number;
  };
  timeline: {
    id: number;
    at: number;
    kind: TimelineKind;
    actor: PersonView | null;
    detail: Record<string, unknown>;
  }[];
  notifications: ReturnType<typeof notificationView>[];
  actions: string[];
}

/**
 * Incidents that the viewer may see, the newest first: those he has or was told about, his family's, a responder's of the
 * grids where he has shifts, a dispatcher's below his desks and those of no grid; admins see all. What of it the viewer may no
 * longer read (place and health, once it is over) is left to the caller.
 */
export async function listIncidents(
  db: Queryable,
  viewer: Viewer,
  query: IncidentQuery,
): Promise<IncidentSummaryView[]> {
  const rows = await readIncidents(db, viewer, query);
  return rows.map(summaryView);
}

/** One incident in full, to be redacted like the list. Throws INCIDENT_NOT_FOUND (404) also where the viewer may not see it. */
export async function getIncident(db: Queryable, viewer: Viewer, id: number): Promise<IncidentDetailView> {
  const [row] = await readIncidents(db, viewer, { id });
  if (!row) throw new AppError('INCIDENT_NOT_FOUND', `no incident ${id}`, { status: 404 });
  const subject = row.subject_id === null ? undefined : await readSubjectDetail(db, row.subject_id);
  const timeline = await readTimeline(db, id);
  const notifications = await readIncidentNotifications(db, id);
  const { battery } = row.evidence;
  return {
    ...summaryView(row),
    subjectDetail: subject ? subjectView(subject) : null,
    battery: typeof battery === 'number' ? battery : null,
    navigation: row.location ? navigationLinks({ ...row.location, name: titleOf(row) }) : [],
    note: row.note,
    leaseUntil: row.lease_until,
    notifiedAt: row.notified_at,
    enRouteAt: row.en_route_at,
    onSceneAt: row.on_scene_at,
    closedAt: row.closed_at,
    evidence: row.evidence,
    policy: { name: row.policy.name, steps: row.policy.steps, repeatEveryMs: row.policy.repeatEveryMs },
    timeline: timeline.map(timelineView),
    notifications: notifications.map(notificationView),
    actions: actionsFor(stateOf(row), viewer),
  };
}

const NOTABLY_LATE_MS = 60_000;

function summaryView(row: IncidentRow): IncidentSummaryView {
  return {
    id: row.id,
    kind: row.kind,
    severity: row.severity,
    status: row.status,
    subject:
      row.subject_id === null
        ? null
        : { id: row.subject_id, name: row.subject_name ?? '', birthYear: row.subject_birth_year },
    asset:
      row.asset_id === null ? null : { id: row.asset_id, name: row.asset_name ?? '', path: assetPath(row) },
    device: { id: row.device_id, protocol: row.protocol, nativeId: row.native_id },
    grid: row.grid_id === null ? null : { id: row.grid_id, name: row.grid_name ?? '' },
    responsibleBy: row.responsible_by,
    location: row.location,
    address: row.address,
    presses: row.presses,
    late: row.late,
    happenedAt: row.late && row.raised_at - row.observed_at >= NOTABLY_LATE_MS ? row.observed_at : null,
    raisedAt: row.raised_at,
    lastPressAt: row.last_press_at,
    owner: person(row.owner_id, row.owner_name, row.owner_phone),
    handOverTo: person(row.hand_over_to, row.hand_over_name, row.hand_over_phone),
    ringsForMe: row.asked && isUnanswered(row.status),
    etaAt: row.eta_at,
    acknowledgedAt: row.acknowledged_at,
    resolvedAt: row.resolved_at,
    nextStepAt: row.next_step_at,
    outcome: row.outcome,
    outage: outageOf(row) ?? null,
  };
}

/** Of an incident about many devices: what they have in common. It tells nothing of people. */
function outageOf({ kind, evidence }: IncidentRow): IncidentSummaryView['outage'] | undefined {
  const outage = kind === MASS_OFFLINE ? (evidence.outage as Outage | undefined) : undefined;
  return outage && { scope: outage.scope, key: outage.key, label: outage.label };
}

export function stateOf(row: IncidentRow): IncidentState {
  return {
    id: row.id,
    status: row.status,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    handOverTo: row.hand_over_to,
    nextStep: row.next_step,
    nextStepAt: row.next_step_at,
    leaseUntil: row.lease_until,
    etaAt: row.eta_at,
    enRouteAt: row.en_route_at,
    resolvedAt: row.resolved_at,
    policy: row.policy,
  };
}

const assetPath = ({ asset_name: name, asset_path: path }: IncidentRow): string => assetTitle({ name, path });

const titleOf = (row: IncidentRow): string => {
  if (row.asset_id !== null) return row.subject_name ?? assetPath(row);
  return row.subject_name ?? (outageOf(row)?.label || row.grid_name || row.native_id);
};

function person(id: number | null, name: string | null, phone: string | null): PersonView | null {
  return id === null ? null : { id, name: name ?? '', phone };
}

function subjectView(row: SubjectDetailRow): NonNullable<IncidentDetailView['subjectDetail']> {
  return {
    kind: row.kind,
    sex: row.sex,
    phone: row.phone,
    homeAddress: row.home_address,
    livesAlone: row.lives_alone,
    mobility: row.mobility,
    careNotes: row.care_notes,
    traits: row.traits,
    family: row.family,
  };
}

function timelineView(row: TimelineRow): IncidentDetailView['timeline'][number] {
  return {
    id: row.id,
    at: row.at,
    kind: row.kind,
    actor: person(row.actor_id, row.actor_name, row.actor_phone),
    detail: row.detail,
  };
}

function notificationView(row: IncidentNotificationRow) {
  return {
    id: row.id,
    account: person(row.account_id, row.account_name, row.account_phone),
    channel: row.channel,
    template: row.template,
    step: row.step,
    why: row.why,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    createdAt: row.created_at,
    sentAt: row.sent_at,
    updatedAt: row.updated_at,
  };
}
