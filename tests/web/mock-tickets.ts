import type { Me, Person } from '../../src/api/schemas.ts';
import type { TicketDetail, TicketSummary } from '../../src/api/ticket-schemas.ts';
import type { TicketAction, TicketTimelineKind } from '../../src/model/tickets.ts';
import { type Answer, type Call, notFound, ok, type Route, refuse } from './mock-answer.ts';
import { company, inTree } from './mock-assets.ts';
import { people } from './mock-data.ts';
import type { MockState } from './mock-routes.ts';
import { drawTicket, line, readingsOf, type StoredTicket } from './mock-ticket-data.ts';

/** Tickets of the stand-in: who may do what, and what it makes of them. */

const asPerson = (me: Me): Person => ({ id: me.id, name: me.name, phone: me.phone });

/** Roughly what the service allows; its own rules have their own tests. */
export function ticketActions(ticket: StoredTicket, me: Me): TicketAction[] {
  if (ticket.status === 'closed') return [];
  const manager = me.companies.some(({ duty }) => duty === 'manager');
  const desk = me.roles.includes('dispatcher');
  const works = manager || ticket.assignees.some((one) => one.id === me.id);
  const owned = ticket.level === 'property' ? manager : desk;
  const allowed: [TicketAction, boolean][] = [
    ['accept', ticket.status === 'dispatched' && owned],
    ['dispatch', desk && ticket.status === 'reported'],
    ['assign', owned && ['accepted', 'in_progress'].includes(ticket.status)],
    ['start', works && ticket.status === 'accepted'],
    ['finish', works && ticket.status === 'in_progress'],
    ['resume', works && ticket.status === 'paused'],
    ['verify', ticket.status === 'finished' && (manager || desk) && ticket.finishedBy?.id !== me.id],
    ['rate', ticket.status === 'verified' && desk],
    ['close', ticket.status === 'verified' && desk],
    ['approve', desk && ticket.request !== null],
    ['refuse', desk && ticket.request !== null],
    ['pause', manager && ticket.status === 'in_progress' && ticket.severity !== 'critical'],
    ['extend', manager && ticket.status === 'in_progress'],
    ['return', manager && ticket.status === 'dispatched' && ticket.level === 'property'],
    ['escalate', owned && ['dispatched', 'accepted', 'in_progress'].includes(ticket.status)],
    ['take-over', desk && ticket.level !== 'property' && ticket.owner?.id !== me.id],
    ['comment', works || desk],
  ];
  return allowed.filter(([, may]) => may).map(([action]) => action);
}

export function ticketDetail(ticket: StoredTicket, me: Me): TicketDetail {
  return {
    ...ticket,
    actions: ticketActions(ticket, me),
    assignable: {
      people: [people.property, people.repairer, { id: 9, name: '赵师傅', phone: null }],
      companies: [],
    },
    dispatchable: [company, { id: 52, name: '学府物业' }],
  };
}

export function ticketSummary(ticket: StoredTicket): TicketSummary {
  return ticket;
}

interface Done {
  kind: TicketTimelineKind;
  patch?: Partial<StoredTicket>;
  detail?: Record<string, unknown>;
}

function effectOf(ticket: StoredTicket, me: Me, action: TicketAction, body: Record<string, unknown>): Done {
  const self = asPerson(me);
  const now = Date.now();
  const finishClock = {
    ...ticket.clock,
    stage: 'finish' as const,
    limitMs: 14_400_000,
    elapsedMs: 0,
    dueAt: now + 14_400_000,
  };
  const still = { ...ticket.clock, running: false, dueAt: null };
  switch (action) {
    case 'accept':
      return {
        kind: 'accepted',
        patch: { status: 'accepted', owner: self, acceptedAt: now, clock: finishClock },
      };
    case 'assign': {
      const to =
        [people.repairer, people.property].find((one) => one.id === body.accountId) ?? people.repairer;
      const task = {
        id: now,
        account: to,
        company: null,
        assignedBy: self,
        note: null,
        createdAt: now,
        doneAt: null,
      };
      return {
        kind: 'assigned',
        patch: { assignees: [to], tasks: [...ticket.tasks, task] },
        detail: { accountId: to.id },
      };
    }
    case 'start':
      return { kind: 'started', patch: { status: 'in_progress', startedAt: now, assignees: [self] } };
    case 'finish':
      return {
        kind: 'finished',
        patch: {
          status: 'finished',
          note: String(body.note),
          finding: (body.finding ?? null) as TicketDetail['finding'],
          finishedAt: now,
          finishedBy: self,
          clock: still,
        },
        detail: body,
      };
    case 'verify':
      return body.ok === true
        ? { kind: 'verified', patch: { status: 'verified', verifiedAt: now, verifiedBy: self }, detail: body }
        : { kind: 'rejected', patch: { status: 'in_progress', clock: finishClock }, detail: body };
    default:
      return laterEffect(ticket, me, action, body);
  }
}

/** What comes of the rest. */
function laterEffect(
  ticket: StoredTicket,
  me: Me,
  action: TicketAction,
  body: Record<string, unknown>,
): Done {
  const self = asPerson(me);
  const still = { ...ticket.clock, running: false, dueAt: null };
  switch (action) {
    case 'rate':
      return {
        kind: 'rated',
        patch: { status: 'closed', rating: Number(body.rating), ratingNote: String(body.note) },
      };
    case 'close':
      return { kind: 'closed', patch: { status: 'closed', closedAt: Date.now() } };
    case 'pause':
      return { kind: 'pause_asked', patch: { request: requestOf('pause', self, body) }, detail: body };
    case 'extend':
      return { kind: 'extend_asked', patch: { request: requestOf('extension', self, body) }, detail: body };
    case 'approve':
      return { kind: 'pause_approved', patch: { request: null, status: 'paused', clock: still } };
    case 'refuse':
      return { kind: 'pause_refused', patch: { request: null }, detail: body };
    case 'resume':
      return {
        kind: 'resumed',
        patch: { status: 'in_progress', clock: { ...still, running: true, dueAt: Date.now() + 14_400_000 } },
      };
    case 'return':
      return { kind: 'returned', patch: { status: 'reported', company: null }, detail: body };
    case 'dispatch':
      return {
        kind: 'dispatched',
        patch: { status: 'dispatched', company },
        detail: { companyId: company.id },
      };
    case 'escalate':
      return {
        kind: 'escalated',
        patch: { level: 'community', desk: { id: 3, name: '茅圻村' } },
        detail: body,
      };
    case 'take-over':
      return { kind: 'taken_over', patch: { owner: self } };
    default:
      return { kind: 'comment', detail: body };
  }
}

function requestOf(
  kind: 'pause' | 'extension',
  by: Person,
  body: Record<string, unknown>,
): StoredTicket['request'] {
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  return {
    kind,
    reason: String(body.reason),
    until: number(body.until),
    byMs: number(body.byMs),
    by,
    at: Date.now(),
  };
}

const ticketOf = ({ state, parts }: Call) => state.tickets.find((one) => one.id === Number(parts[1]));

function act(call: Call): Answer {
  const ticket = ticketOf(call);
  const action = call.parts[2] as TicketAction;
  if (!ticket) return notFound;
  if (!ticketActions(ticket, call.me).includes(action))
    return refuse(409, 'TICKET_WRONG_STATE', '这张工单现在不能这样操作', { status: ticket.status });
  if (action === 'finish' && !ticket.photos.some((photo) => photo.stage === 'after'))
    return refuse(409, 'TICKET_PHOTO_MISSING', '请先上传一张处理后的照片');
  const { kind, patch = {}, detail = {} } = effectOf(ticket, call.me, action, call.body);
  Object.assign(ticket, patch);
  ticket.timeline = [...ticket.timeline, line(kind, Date.now(), asPerson(call.me), detail)];
  call.state.broadcast({ type: 'ticket', id: ticket.id });
  return ok(ticketDetail(ticket, call.me));
}

function addPhoto(call: Call): Answer {
  const ticket = ticketOf(call);
  const { bytes, me, state, query } = call;
  if (!ticket) return notFound;
  if (!bytes || bytes.length === 0) return refuse(400, 'TICKET_PHOTO_UNREADABLE', '这不是能识别的照片');
  const id = 100 + state.photos.size;
  const stage = query.get('stage') === 'after' ? 'after' : 'before';
  state.photos.set(id, bytes);
  ticket.photos = [
    ...ticket.photos,
    { id, at: Date.now(), account: asPerson(me), stage, url: `/api/photos/${id}` },
  ];
  state.broadcast({ type: 'ticket', id: ticket.id });
  return ok(ticketDetail(ticket, me), 201);
}

const drawing = (id: number) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="#${id % 2 ? '8aa' : 'aa8'}"/><path d="M0 170h320v40H0z" fill="#566"/><circle cx="${90 + (id % 3) * 60}" cy="150" r="34" fill="#2a7fb8"/></svg>`,
  );

/** A ticket that a sensor reports now: the pages are told of it. */
export function reportTicket(state: MockState, patch: Partial<StoredTicket> = {}): StoredTicket {
  const ticket = drawTicket(
    {
      id: 20 + state.tickets.length,
      kind: 'water_leak',
      faultClass: 'water_leak',
      severity: 'critical',
      assetId: 513,
      agoMs: 0,
      ...patch,
    },
    Date.now(),
  );
  state.tickets = [...state.tickets, ticket];
  state.broadcast({ type: 'ticket', id: ticket.id });
  return ticket;
}

export const ticketRoutes: Readonly<Record<string, Route>> = {
  'GET tickets': ({ state, query }) => {
    const open = query.get('open');
    const asset = query.get('asset');
    const list = state.tickets.filter(
      (one) =>
        (open === null || (one.status !== 'closed') === (open === 'true')) &&
        (asset === null || inTree(one.asset?.id, Number(asset))),
    );
    return ok(list.map(ticketSummary));
  },
  'GET tickets/:id': (call) => {
    const ticket = ticketOf(call);
    return ticket ? ok(ticketDetail(ticket, call.me)) : notFound;
  },
  'GET tickets/:id/readings': (call) => {
    const ticket = ticketOf(call);
    return ticket ? ok(readingsOf(ticket, Date.now())) : notFound;
  },
  'POST tickets/:id/photos': addPhoto,
  'GET photos/:id': ({ state, parts }) => {
    const id = Number(parts[1]);
    const bytes = state.photos.get(id);
    return {
      status: 200,
      picture: bytes ? { type: 'image/jpeg', bytes } : { type: 'image/svg+xml', bytes: drawing(id) },
    };
  },
};

/** Everything that is done to a ticket by name. */
export const ticketAction: Route = act;
