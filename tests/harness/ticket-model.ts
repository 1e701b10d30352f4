import type { Severity } from '../../src/model/alerts.ts';
import type { TicketAction, TicketLevel } from '../../src/model/tickets.ts';
import { AppError } from '../../src/platform/errors.ts';
import type { Found, Ladder } from '../../src/tickets/rungs.ts';
import type { Act, Doer } from '../../src/tickets/ticket-actions.ts';
import { joined, recovered, reopens } from '../../src/tickets/ticket-faults.ts';
import { decide } from '../../src/tickets/ticket-machine.ts';
import { onDesk, rungFrom } from '../../src/tickets/ticket-rise.ts';
import type { Decision, Ground, Task, TicketState } from '../../src/tickets/ticket-state.ts';
import { whatIsDue, withNextLook } from '../../src/tickets/ticket-time.ts';
import { HOUR, NOON_MS, shippedCalendar, shippedPolicies } from './ticket-estate.ts';

const calendar = shippedCalendar();
const policies = shippedPolicies();
const COMPANY = 7;
const REPAIRER = 3;
const gridLevels = { 1: 'community', 2: 'street', 3: 'city' } as const;

const somebody = (id: number): Found => ({
  contact: { id, name: String(id), phone: null, email: null, locale: 'zh-CN', webhookUrl: null },
  why: 'desk',
});

/** One ticket in memory, as the store keeps it: what is decided is merged into it. */
export class TicketModel {
  now = NOON_MS;
  readonly calendar = calendar;
  ticket: TicketState;
  last: Decision = { changes: {}, entries: [], tells: [] };
  lastSaid: Act | undefined;
  #empty: readonly TicketLevel[];
  #tasks = 0;
  #done = new Set<number>();

  constructor(start: { empty: readonly TicketLevel[]; severity: Severity }) {
    this.#empty = start.empty;
    const policy = policies.of('water_supply', start.severity);
    const { rung } = rungFrom('property', this.ground().ladder);
    this.ticket = {
      ...blank,
      severity: start.severity,
      policy,
      ...onDesk(policy, rung, this.ground()),
      deskLevel: null,
      lastFaultAt: this.now,
    };
    this.#merge({ changes: {}, entries: [], tells: [] });
  }

  ground(): Ground {
    const rung = (level: TicketLevel, deskGridId: 1 | 2 | 3 | null, id: number) => ({
      level,
      deskGridId,
      deskLevel: deskGridId && gridLevels[deskGridId],
      people: this.#empty.includes(level) ? [] : [somebody(id)],
    });
    // A community's desk that a street has taken over is not sought below the street again.
    const isStreet = this.ticket?.deskGridId === 2;
    const ladder: Ladder = {
      property: rung('property', null, 1),
      community: rung('community', isStreet ? 2 : 1, isStreet ? 5 : 4),
      city: rung('city', 3, 6),
    };
    return { now: this.now, calendar, settings: policies.settings, ladder };
  }

  /** The person as the tables know him now. */
  seen(who: Doer): Doer {
    const { tasks, companyId } = this.ticket;
    const managesTask = who.manages && tasks.some((task) => task.companyId === COMPANY);
    return {
      ...who,
      manages: who.manages && companyId === COMPANY,
      hasTask: tasks.some((task) => task.accountId === who.id) || managesTask,
      managesTask,
      didTask: this.#done.has(who.id),
    };
  }

  /** A pause is asked for some hours from when the story began. */
  said(act: Act): Act {
    return act.name === 'pause' && act.until < NOON_MS ? { ...act, until: NOON_MS + act.until } : act;
  }

  /** An action as a sensible person would say it. */
  fitting(name: TicketAction, pick = 0): Act | undefined {
    const acts: Record<TicketAction, Act | undefined> = {
      assign: this.ticket.tasks.some((task) => task.accountId === REPAIRER)
        ? undefined
        : { name: 'assign', accountId: REPAIRER, fits: true },
      pause: { name: 'pause', reason: '等', until: this.now + 60_000 * ((pick % 90) + 1) },
      approve: { name: 'approve' },
      refuse: { name: 'refuse', note: '不行' },
      extend: { name: 'extend', reason: '缺货', byMs: 60_000 },
      finish: { name: 'finish', note: '好了' },
      verify: { name: 'verify', ok: pick % 3 !== 0 },
      return: { name: 'return', reason: '派错了' },
      dispatch: this.#empty.includes('property') ? undefined : { name: 'dispatch', companyId: COMPANY },
      escalate: { name: 'escalate', reason: '太慢' },
      comment: { name: 'comment', text: '!' },
      rate: { name: 'rate', rating: 5, note: '好' },
      accept: { name: 'accept' },
      start: { name: 'start' },
      resume: { name: 'resume' },
      'take-over': { name: 'take-over' },
      close: { name: 'close' },
    };
    return acts[name];
  }

  act(who: Doer, act: Act, changed: () => void): void {
    let decision: Decision | undefined;
    try {
      decision = decide(this.ticket, { doer: this.seen(who), act: this.said(act) }, this.ground());
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    if (!decision) return;
    this.lastSaid = this.said(act);
    this.#merge(decision, who);
    changed();
  }

  fault(severity: Severity, changed: () => void): void {
    if (this.ticket.status === 'closed' && !reopens(this.ticket, this.ground())) return;
    const fault = { kind: severity, severity, at: this.now, receivedAt: this.now, detail: {} };
    const policy = policies.of.bind(undefined, 'water_supply');
    this.#merge(joined(this.ticket, [fault], { ground: this.ground(), policy }));
    changed();
  }

  recover(changed: () => void): void {
    const decision = recovered(this.ticket, {}, this.now);
    if (!decision) return;
    this.#merge(decision);
    changed();
  }

  /** Time passes, with a sweep whenever something is due. */
  wait(ms: number, changed: (before: TicketState) => void): void {
    const end = this.now + ms;
    for (let due = this.ticket.nextAt; due !== null && due <= end; due = this.ticket.nextAt) {
      this.now = Math.max(this.now, due);
      const before = this.ticket;
      const decision = whatIsDue(this.ticket, this.ground());
      if (!decision) break;
      this.#merge(decision);
      changed(before);
      if (this.ticket.nextAt !== null && this.ticket.nextAt <= this.now) this.now += 1000;
    }
    this.now = Math.max(this.now, end);
  }

  #merge(decision: Decision, who?: Doer): void {
    const tasksDone = decision.tasksDone ?? [];
    for (const task of this.ticket.tasks)
      if (tasksDone.includes(task.id) && task.accountId !== null) this.#done.add(task.accountId);
    const tasks: Task[] = [
      ...this.ticket.tasks.filter((task) => !tasksDone.includes(task.id)),
      ...(decision.newTasks ?? []).map((task) => ({ ...task, id: ++this.#tasks })),
    ];
    const act = decision.entries.findLast((entry) => entry.actorId !== undefined);
    const after = { ...this.ticket, ...withNextLook(this.ticket, decision, this.ground()) };
    const lastAct = who &&
      act && { kind: act.kind, actorId: who.id, at: this.now, detail: { ...act.detail } };
    const deskLevel = after.deskGridId === null ? null : gridLevels[after.deskGridId as 1 | 2 | 3];
    this.last = decision;
    this.ticket = { ...after, tasks, deskLevel, lastAct: lastAct ?? this.ticket.lastAct };
  }
}

const blank: TicketState = {
  id: 1,
  faultClass: 'water_supply',
  kind: 'pressure_low',
  severity: 'warning',
  status: 'dispatched',
  level: 'property',
  companyId: COMPANY,
  deskGridId: null,
  deskLevel: null,
  ownerId: null,
  ownerName: null,
  occurrences: 1,
  reworks: 0,
  returned: false,
  lastFaultAt: NOON_MS,
  recoveredAt: null,
  acceptedAt: null,
  startedAt: null,
  finishedAt: null,
  finishedBy: null,
  verifiedAt: null,
  verifiedBy: null,
  closedAt: null,
  note: null,
  policy: policies.of('water_supply', 'warning'),
  clock: { stage: 'accept', unit: 'round_the_clock', limitMs: HOUR, elapsedMs: 0, since: null, dueAt: null },
  nextAt: null,
  reminded: 0,
  request: null,
  pausedAt: null,
  pausedUntil: null,
  pausedMs: 0,
  extensions: 0,
  rating: null,
  ratingNote: null,
  finding: null,
  tasks: [],
  hasPhotoAfter: true,
  isFiring: false,
  lastAct: null,
};
