import type {
  IncidentDetail,
  IncidentSummary,
  Me,
  NotificationView,
  Person,
  SubjectView,
  TimelineEntryView,
} from '../../src/api/schemas.ts';
import { people, policy } from './mock-data.ts';

/** Incidents as the mock keeps them; the reader's part (`actions`, `ringsForMe`) is worked out when they are read. */
export type StoredIncident = Omit<IncidentDetail, 'actions' | 'ringsForMe'>;

let nextId = 1;
const unanswered = (incident: StoredIncident) =>
  incident.status === 'raised' || incident.status === 'notified';
const open = (incident: StoredIncident) => incident.status !== 'resolved' && incident.status !== 'closed';

export interface Raised {
  id: number;
  kind?: string;
  subject?: SubjectView | undefined;
  at: number;
  late?: boolean;
  nativeId?: string;
}

export function raiseIncident(raised: Raised): StoredIncident {
  const { id, kind = 'sos', subject, at, late = false, nativeId } = raised;
  const asked = subject ? [people.worker, people.family] : [people.dispatcher];
  return {
    ...untouched,
    ...placeOf(subject, at),
    id,
    kind,
    subject: subject ? { id: subject.id, name: subject.name, birthYear: subject.birthYear } : null,
    asset: null,
    device: {
      id: subject?.device?.id ?? null,
      protocol: 'watch',
      nativeId: nativeId ?? subject?.device?.nativeId ?? '990000862471854',
    },
    late,
    happenedAt: late ? at - 3 * 3_600_000 : null,
    raisedAt: at,
    lastPressAt: at,
    notifiedAt: at,
    nextStepAt: at + 45_000,
    battery: subject?.device?.battery ?? null,
    evidence: { signal: 'sos', value: true, receivedAt: at },
    timeline: [
      entry('raised', at, null, { signal: 'sos', value: true }),
      entry('step', at, null, {
        step: 0,
        targets: ['worker', 'family'],
        people: asked.map((who) => ({ id: who.id, name: who.name })),
      }),
    ],
    commands: subject ? [rescueCommand('locate_now', at), rescueCommand('measure', at)] : [],
    notifications: asked.map((who) => notification(who, who === people.family ? 'family' : 'worker', at)),
  };
}

/** What an incident begins with. */
const untouched = {
  severity: 'critical',
  status: 'notified',
  presses: 1,
  owner: null,
  etaAt: null,
  acknowledgedAt: null,
  resolvedAt: null,
  outcome: null,
  outage: null,
  note: null,
  handOverTo: null,
  leaseUntil: null,
  enRouteAt: null,
  onSceneAt: null,
  closedAt: null,
  policy,
} as const;

type PlacePart = Pick<
  StoredIncident,
  'grid' | 'responsibleBy' | 'location' | 'address' | 'subjectDetail' | 'navigation'
>;

function placeOf(subject: SubjectView | undefined, at: number): PlacePart {
  if (!subject) {
    return {
      grid: null,
      responsibleBy: 'none',
      location: null,
      address: null,
      subjectDetail: null,
      navigation: [],
    };
  }
  const latitude = (subject.homeLatitude ?? 0) + 0.0004;
  const longitude = (subject.homeLongitude ?? 0) + 0.0005;
  const { kind, sex, phone, homeAddress, livesAlone, mobility, careNotes, traits, family } = subject;
  return {
    grid: subject.grid,
    responsibleBy: 'fix',
    location: { latitude, longitude, accuracyM: 24, source: 'gps', observedAt: at - 40_000, fresh: true },
    address: homeAddress,
    subjectDetail: { kind, sex, phone, homeAddress, livesAlone, mobility, careNotes, traits, family },
    navigation: [
      { app: 'amap', url: `https://uri.amap.com/navigation?to=${longitude},${latitude}&mode=walk` },
      {
        app: 'baidu',
        url: `https://api.map.baidu.com/direction?destination=latlng:${latitude},${longitude}`,
      },
      { app: 'tencent', url: `https://apis.map.qq.com/uri/v1/routeplan?tocoord=${latitude},${longitude}` },
    ],
  };
}

export function entry(
  kind: TimelineEntryView['kind'],
  at: number,
  actor: Person | null,
  detail: Record<string, unknown> = {},
): TimelineEntryView {
  return { id: nextId++, at, kind, actor, detail };
}

/** What the service asks a wristband when she presses. */
function rescueCommand(kind: 'locate_now' | 'measure', at: number): StoredIncident['commands'][number] {
  const waits = kind === 'measure';
  return {
    id: nextId++,
    kind,
    on: null,
    channel: null,
    text: null,
    what: waits ? 'heart_rate' : null,
    state: waits ? 'sent' : 'acknowledged',
    confirm: null,
    reason: null,
    requestedBy: null,
    createdAt: at + 200,
    expiresAt: at + 600_000,
    sentAt: at + 400,
    doneAt: waits ? null : at + 1_500,
  };
}

function notification(account: Person, why: string, at: number): NotificationView {
  return {
    id: nextId++,
    account,
    channel: 'live',
    template: 'incident_raised',
    step: 0,
    why,
    state: 'delivered',
    reason: null,
    attempts: 1,
    createdAt: at,
    sentAt: at + 200,
    updatedAt: at + 300,
  };
}

/** What this reader may do now, as the state machine of the service says it. */
export function actionsOf(incident: StoredIncident, me: Me): string[] {
  const owner = incident.owner?.id === me.id;
  const desk = me.roles.includes('dispatcher');
  const owned = open(incident) && !unanswered(incident);
  const table: Record<string, boolean> = {
    acknowledge: unanswered(incident),
    release: owner && (incident.status === 'acknowledged' || incident.status === 'en_route'),
    'en-route': owner && (incident.status === 'acknowledged' || incident.status === 'en_route'),
    'on-scene': owner && (incident.status === 'acknowledged' || incident.status === 'en_route'),
    'hand-over': owned && (owner || desk),
    'accept-hand-over': owned && incident.handOverTo?.id === me.id,
    'need-help': open(incident),
    'take-over': owned && desk && !owner,
    comment: incident.status !== 'closed',
    resolve: owned && (owner || desk),
    close: incident.status === 'resolved' && desk,
  };
  return Object.keys(table).filter((name) => table[name]);
}

export function detailFor(incident: StoredIncident, me: Me): IncidentDetail {
  const asked = incident.notifications.some((one) => one.account?.id === me.id);
  return { ...incident, actions: actionsOf(incident, me), ringsForMe: asked && unanswered(incident) };
}

export function summaryFor(incident: StoredIncident, me: Me): IncidentSummary {
  const {
    actions: _actions,
    timeline: _timeline,
    notifications: _notifications,
    ...summary
  } = detailFor(incident, me);
  return summary;
}

export interface Refusal {
  status: number;
  code: string;
  message: string;
  details?: Record<string, unknown>;
}

interface Act {
  name: string;
  me: Me;
  body: Record<string, unknown>;
  now: number;
}

/** Does what a person asked for, or says why not. */
export function actOn(incident: StoredIncident, act: Act): Refusal | undefined {
  const { name, me } = act;
  if (name === 'acknowledge' && incident.owner && incident.owner.id !== me.id) {
    const owner = incident.owner.name;
    return { status: 409, code: 'INCIDENT_TAKEN', message: `已由 ${owner} 接手`, details: { owner } };
  }
  if (!actionsOf(incident, me).includes(name)) {
    return { status: 409, code: 'INCIDENT_WRONG_STATE', message: '现在不能这样做' };
  }
  change(incident, act);
  return undefined;
}

type Note = (kind: TimelineEntryView['kind'], detail?: Record<string, unknown>) => void;
interface Change extends Act {
  who: Person;
  note: Note;
}

function take(incident: StoredIncident, { who, now, note }: Change, kind: TimelineEntryView['kind']): void {
  Object.assign(incident, {
    status: 'acknowledged',
    owner: who,
    acknowledgedAt: incident.acknowledgedAt ?? now,
    leaseUntil: now + 120_000,
    nextStepAt: null,
    handOverTo: null,
  });
  note(kind);
}

const changes: Readonly<Record<string, (incident: StoredIncident, change: Change) => void>> = {
  acknowledge: (incident, act) => take(incident, act, 'acknowledged'),
  'take-over': (incident, act) => take(incident, act, 'taken_over'),
  'accept-hand-over': (incident, act) => take(incident, act, 'handed_over'),
  release: (incident, { now, note }) => {
    const nextStepAt = now + 45_000;
    Object.assign(incident, { status: 'notified', owner: null, leaseUntil: null, etaAt: null, nextStepAt });
    note('released');
  },
  'en-route': (incident, { now, note, body }) => {
    const minutes = typeof body.etaMinutes === 'number' ? body.etaMinutes : 15;
    const etaAt = now + minutes * 60_000;
    Object.assign(incident, { status: 'en_route', enRouteAt: now, etaAt, leaseUntil: etaAt });
    note('en_route', { etaAt });
  },
  'on-scene': (incident, { now, note }) => {
    Object.assign(incident, { status: 'on_scene', onSceneAt: now, etaAt: null });
    note('on_scene');
  },
  'hand-over': (incident, { note, body }) => {
    incident.handOverTo = Object.values(people).find((one) => one.id === body.to) ?? null;
    note('hand_over_asked', { to: body.to });
  },
  'need-help': (_incident, { note, body }) => note('need_help', { what: body.what }),
  comment: (_incident, { note, body }) => note('comment', { text: body.text }),
  resolve: (incident, { now, note, body }) => {
    const { outcome, note: text } = body;
    Object.assign(incident, { status: 'resolved', resolvedAt: now, outcome, note: text });
    note('resolved', { outcome, note: text });
  },
  close: (incident, { now, note }) => {
    Object.assign(incident, { status: 'closed', closedAt: now });
    note('closed');
  },
};

function change(incident: StoredIncident, act: Act): void {
  const { me, now } = act;
  const who: Person = { id: me.id, name: me.name, phone: me.phone };
  const note: Note = (kind, detail = {}) => {
    incident.timeline.push(entry(kind, now, who, detail));
  };
  changes[act.name]?.(incident, { ...act, who, note });
}
