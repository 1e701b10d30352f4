import type { IncomingMessage } from 'node:http';
import type { CompanyView } from '../../src/api/asset-schemas.ts';
import type { DownlinkView } from '../../src/api/downlink-schemas.ts';
import type {
  AccountView,
  ClaimView,
  DeviceView,
  LiveEvent,
  Me,
  ShiftView,
  SubjectView,
  UplinkView,
} from '../../src/api/schemas.ts';
import { adminRoutes } from './mock-admin.ts';
import { type Answer, type Call, notFound, ok, type Route, refuse } from './mock-answer.ts';
import { assetRoutes } from './mock-assets.ts';
import { PASSWORD, people } from './mock-data.ts';
import { actOn, detailFor, type StoredIncident, summaryFor } from './mock-incidents.ts';
import { outageView } from './mock-outage.ts';
import { qualityRoutes } from './mock-quality.ts';
import { ruleRoutes } from './mock-rules.ts';
import type { StoredTicket } from './mock-ticket-data.ts';
import { ticketAction, ticketRoutes } from './mock-tickets.ts';
import { latestOf, seriesOf } from './mock-vitals.ts';

export interface MockState {
  mes: Me[];
  accounts: AccountView[];
  sessions: Map<string, Me>;
  subjects: SubjectView[];
  devices: DeviceView[];
  shifts: ShiftView[];
  uplinks: UplinkView[];
  incidents: StoredIncident[];
  tickets: StoredTicket[];
  companies: CompanyView[];
  /** Commands to devices, the newest first. */
  downlinks: DownlinkView[];
  /** Photos that the pages sent, by their id. */
  photos: Map<number, Buffer>;
  claims: ClaimView[];
  /** Receipts that the pages sent. */
  receipts: { id: number; state: string }[];
  /** What people said that alerts were. */
  findings: { id: number; finding: string }[];
  broadcast: (event: LiveEvent) => void;
}

interface Asked {
  request: IncomingMessage;
  body: Record<string, unknown>;
  bytes: Buffer | undefined;
  me: Me | undefined;
}

export function answer(state: MockState, { request, body, bytes, me }: Asked): Answer {
  const url = new URL(request.url ?? '/', 'http://mock');
  const parts = url.pathname.split('/').slice(2);
  if (parts[0] === 'session') return session(state, request.method ?? '', body);
  if (!me) return refuse(401, 'SESSION_REQUIRED', '请先登录');
  const route =
    routes[`${request.method} ${parts.map((part) => (/^\d+$/.test(part) ? ':id' : part)).join('/')}`];
  const isAction = request.method === 'POST' && parts[0] === 'incidents';
  const call: Call = { state, me, parts, query: url.searchParams, body, bytes };
  if (isAction) return incidentAction(call);
  if (route) return route(call);
  return request.method === 'POST' && parts[0] === 'tickets' ? ticketAction(call) : notFound;
}

function session(state: MockState, method: string, body: Record<string, unknown>): Answer {
  if (method === 'DELETE') return { status: 204, cookie: 'gg_session=; Path=/; Max-Age=0' };
  const me = state.mes.find((one) => one.login === body.login);
  if (!me || body.password !== PASSWORD) return refuse(401, 'SESSION_WRONG_PASSWORD', '账号或密码不对');
  const token = `t${state.sessions.size + 1}`;
  state.sessions.set(token, me);
  return { status: 200, payload: me, cookie: `gg_session=${token}; Path=/; HttpOnly; SameSite=Lax` };
}

function incidentAction({ state, me, parts, body }: Call): Answer {
  const incident = state.incidents.find((one) => one.id === Number(parts[1]));
  if (!incident) return notFound;
  const refusal = actOn(incident, { name: parts[2] ?? '', me, body, now: Date.now() });
  if (refusal) return refuse(refusal.status, refusal.code, refusal.message, refusal.details);
  const subject = state.subjects.find((one) => one.id === incident.subject?.id);
  if (subject && incident.status === 'resolved')
    Object.assign(subject, { openIncidentId: null, wellBeing: 'ok' });
  state.broadcast({ type: 'incident', id: incident.id, status: incident.status });
  return ok(detailFor(incident, me));
}

function seenSubjects({ state, me }: Call): SubjectView[] {
  if (!me.roles.includes('family')) return state.subjects;
  const claimed = state.claims.filter((one) => one.state === 'used').map((one) => one.subjectId);
  return state.subjects.filter(
    (one) =>
      one.family.some((each) => each.id === me.id) ||
      (me.id === people.newcomer.id && claimed.includes(one.id)),
  );
}

const routes: Readonly<Record<string, Route>> = {
  ...ticketRoutes,
  ...assetRoutes,
  ...adminRoutes,
  ...qualityRoutes,
  ...ruleRoutes,
  'GET me': ({ me }) => ok(me),
  'PATCH me': ({ me, body }) => ok(Object.assign(me, body)),
  'GET incidents': ({ state, me, query }) => {
    const wantsOpen = query.get('open');
    const subject = query.get('subject');
    const list = state.incidents.filter((one) => {
      const open = one.status !== 'resolved' && one.status !== 'closed';
      if (wantsOpen !== null && open !== (wantsOpen === 'true')) return false;
      return subject === null || one.subject?.id === Number(subject);
    });
    return ok(list.map((one) => summaryFor(one, me)).reverse());
  },
  'GET incidents/:id': ({ state, me, parts }) => {
    const incident = state.incidents.find((one) => one.id === Number(parts[1]));
    return incident ? ok(detailFor(incident, me)) : notFound;
  },
  'GET incidents/:id/outage': () => ok(outageView(Date.now())),
  'GET subjects': (call) => ok(seenSubjects(call)),
  'GET subjects/:id': (call) => {
    const subject = seenSubjects(call).find((one) => one.id === Number(call.parts[1]));
    return subject ? ok({ ...subject, latest: latestOf(subject, Date.now()) }) : notFound;
  },
  'PATCH subjects/:id': (call) => {
    const subject = seenSubjects(call).find((one) => one.id === Number(call.parts[1]));
    return subject ? ok(Object.assign(subject, call.body)) : notFound;
  },
  'GET subjects/:id/series': ({ query }) => {
    const signal = query.get('signal') ?? '';
    const to = Math.min(Number(query.get('to')), Date.now());
    return ok({ signal, unit: null, points: seriesOf(signal, Number(query.get('from')), to) });
  },
  'GET audit': () => {
    const look = (id: number, minAgo: number, who: keyof typeof people, action: string) => ({
      id,
      at: Date.now() - minAgo * 60_000,
      account: people[who],
      action,
      subjectId: 101,
      incidentId: null,
      detail: {},
    });
    return ok([
      look(1, 12, 'worker', 'read_location'),
      look(2, 13, 'worker', 'read_location'),
      look(3, 90, 'family', 'read_vitals'),
    ]);
  },
  'POST claims': ({ state, body }) => {
    const claim: ClaimView = {
      id: state.claims.length + 1,
      method: body.method === 'code' ? 'code' : 'press',
      state: 'open',
      expiresAt: Date.now() + 120_000,
      attemptsLeft: 5,
      subjectId: null,
    };
    state.claims.push(claim);
    return ok(claim, 201);
  },
  'GET claims/:id': ({ state, parts }) => ok(state.claims.find((one) => one.id === Number(parts[1]))),
  'POST claims/:id/code': ({ state, parts, body }) => {
    const claim = state.claims.find((one) => one.id === Number(parts[1]));
    if (!claim) return notFound;
    if (body.code === '246810') return ok(Object.assign(claim, { state: 'used', subjectId: 107 }));
    claim.attemptsLeft -= 1;
    return refuse(400, 'CLAIM_WRONG_CODE', `数字不对，还能试 ${claim.attemptsLeft} 次`, {
      attemptsLeft: claim.attemptsLeft,
    });
  },
  'GET devices': ({ state }) => ok(state.devices),
  'GET rosters': ({ state }) => ok(state.shifts),
  'POST rosters': ({ state, body }) => {
    const shift = { ...body, id: 1000 + state.shifts.length, account: people.worker } as unknown as ShiftView;
    state.shifts.push(shift);
    return ok(shift, 201);
  },
  'DELETE rosters/:id': ({ state, parts }) => {
    state.shifts = state.shifts.filter((one) => one.id !== Number(parts[1]));
    return { status: 204 };
  },
  'GET accounts': ({ state }) => ok(state.accounts),
  'POST accounts': ({ state, body }) => {
    const account = {
      ...body,
      id: 100 + state.accounts.length,
      email: null,
      active: true,
    } as unknown as AccountView;
    state.accounts.push(account);
    return ok(account, 201);
  },
  'PATCH accounts/:id': ({ state, parts, body }) => {
    const account = state.accounts.find((one) => one.id === Number(parts[1]));
    return account ? ok(Object.assign(account, body)) : notFound;
  },
  'POST notifications/:id/receipt': ({ state, parts, body }) => {
    state.receipts.push({ id: Number(parts[1]), state: String(body.state) });
    return { status: 204 };
  },
  'GET uplinks': ({ state, query }) => {
    const outcome = query.get('outcome');
    return ok(state.uplinks.filter((one) => !outcome || one.outcome === outcome));
  },
  'GET stats': ({ state }) => {
    const open = state.incidents.filter((one) => one.status !== 'resolved' && one.status !== 'closed');
    return ok({
      openIncidents: open.length,
      unacknowledged: open.filter((one) => !one.owner).length,
      subjects: state.subjects.length,
      devices: state.devices.length,
      silentDevices: 1,
      uplinksLastHour: 1284,
      acknowledgeMsP50: 21_000,
      acknowledgeMsP95: 74_000,
    });
  },
};
