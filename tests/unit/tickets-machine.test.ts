import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  levelRank,
  type TicketStatus,
  ticketActions,
  ticketLevels,
  ticketStatuses,
  ticketTimelineKinds,
} from '../../src/model/tickets.ts';
import { AppError } from '../../src/platform/errors.ts';
import type { Act, Desk, Doer } from '../../src/tickets/ticket-actions.ts';
import { elapsedOf } from '../../src/tickets/ticket-clock.ts';
import { actionsFor, decide } from '../../src/tickets/ticket-machine.ts';
import { rankOf, type TicketState } from '../../src/tickets/ticket-state.ts';
import { HOUR, MINUTE } from '../harness/ticket-estate.ts';
import { TicketModel } from '../harness/ticket-model.ts';

/** Everybody who may come near a ticket; desks by grid: 1 community, 2 street, 3 city. */
const none = { manages: false, hasTask: false, managesTask: false, didTask: false, desks: [] as Desk[] };
const desk = (gridId: number, rank: Desk['rank']): Desk => ({ gridId, rank });
const people: readonly Doer[] = [
  { ...none, id: 1, name: 'manager', manages: true },
  { ...none, id: 2, name: 'manager2', manages: true },
  { ...none, id: 3, name: 'repairer' },
  { ...none, id: 4, name: 'community', desks: [desk(1, 1)] },
  { ...none, id: 5, name: 'street', desks: [desk(2, 2)] },
  { ...none, id: 6, name: 'city', desks: [desk(3, 3)] },
  { ...none, id: 7, name: 'admin', desks: [{ gridId: null, rank: 3 }] },
  { ...none, id: 8, name: 'stranger' },
  { ...none, id: 9, name: 'caretaker at the desk', manages: true, desks: [desk(1, 1)] },
];

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constantFrom<Act>(
    { name: 'accept' },
    { name: 'start' },
    { name: 'resume' },
    { name: 'take-over' },
    { name: 'close' },
    { name: 'approve' },
    { name: 'refuse', note: '不行' },
    { name: 'extend', reason: '缺货', byMs: HOUR },
    { name: 'finish', note: '好了' },
    { name: 'verify', ok: true },
    { name: 'verify', ok: false },
    { name: 'return', reason: '派错了' },
    { name: 'escalate', reason: '太慢' },
    { name: 'comment', text: '?' },
    { name: 'rate', rating: 3, note: '一般' },
    { name: 'assign', accountId: 3, fits: true },
    { name: 'assign', companyId: 7, fits: true },
    { name: 'assign', accountId: 8, fits: false },
    { name: 'dispatch', companyId: 7 },
    { name: 'dispatch', companyId: 8 },
  ),
  fc
    .integer({ min: 1, max: 300 })
    .map((hours): Act => ({ name: 'pause', reason: '等', until: hours * HOUR })),
);
type Step =
  /** One of the actions that are offered to him, as a sensible person would say it. */
  | { do: 'offer'; who: Doer; pick: number }
  | { do: 'act'; who: Doer; act: Act }
  | { do: 'fault'; severity: 'critical' | 'warning' | 'info' }
  | { do: 'recover' }
  | { do: 'wait'; ms: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('offer' as const),
      who: fc.constantFrom(...people),
      pick: fc.nat(1000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('act' as const), who: fc.constantFrom(...people), act }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      severity: fc.constantFrom('critical' as const, 'warning' as const, 'info' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'recover' as const }) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 20 })
      .map((tenths) => ({ do: 'wait' as const, ms: tenths * tenths * 10 * MINUTE })),
  },
);

/** Whose desks are empty, so that a rise passes over them. */
const empty = fc.subarray(['property', 'community', 'city'] as const);
const severity = fc.constantFrom('critical' as const, 'warning' as const, 'info' as const);

/** Runs a story and calls `check` after each change, with the ticket before and after. */
function play(
  story: {
    steps: readonly Step[];
    empty: readonly ('property' | 'community' | 'city')[];
    severity: 'critical' | 'warning' | 'info';
  },
  check: (before: TicketState, model: TicketModel, step: Step) => void,
): void {
  const model = new TicketModel(story);
  for (const each of story.steps) {
    const before = model.ticket;
    const changes = (): void => check(before, model, each);
    if (each.do === 'wait') model.wait(each.ms, (was) => check(was, model, each));
    else if (each.do === 'fault') model.fault(each.severity, changes);
    else if (each.do === 'recover') model.recover(changes);
    else if (each.do === 'offer') offer(model, each, changes);
    else model.act(each.who, each.act, changes);
  }
}
function offer(model: TicketModel, { who, pick }: { who: Doer; pick: number }, changed: () => void): void {
  const offered = actionsFor(model.ticket, model.seen(who));
  const name = offered[pick % Math.max(1, offered.length)];
  const said = name && model.fitting(name, pick);
  if (said) model.act(who, said, changed);
}
const story = fc.record({
  steps: fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }),
  empty: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: empty }),
  severity,
});
const runs = { numRuns: 150 };

const leads: Readonly<Record<TicketStatus, readonly TicketStatus[]>> = {
  reported: ['reported', 'dispatched', 'accepted'],
  dispatched: ['dispatched', 'accepted', 'reported'],
  accepted: ['accepted', 'in_progress', 'paused', 'dispatched', 'reported'],
  in_progress: ['in_progress', 'paused', 'finished', 'verified', 'dispatched', 'reported'],
  paused: ['paused', 'accepted', 'in_progress', 'dispatched', 'reported'],
  finished: ['finished', 'verified', 'in_progress'],
  verified: ['verified', 'closed', 'dispatched', 'reported'],
  closed: ['closed', 'dispatched', 'reported'],
};

describe('the stories', () => {
  it('reach every state, every level and nearly every kind of entry', () => {
    const seen = new Set<string>();
    for (const each of fc.sample(story, { numRuns: 1500, seed: 3 }))
      play(each, (_before, { ticket, last }) => {
        for (const word of [ticket.status, ticket.level, ...last.entries.map((entry) => entry.kind)])
          seen.add(word);
        if (last.breach) seen.add(`breach at ${last.breach.level}`);
      });
    const missing = [...ticketStatuses, ...ticketLevels, ...ticketTimelineKinds].filter(
      (word) => !seen.has(word),
    );
    expect(missing.sort()).toEqual(['notified', 'photo', 'switched']);
    for (const level of ticketLevels) expect(seen).toContain(`breach at ${level}`);
  });
});

describe('whatever happens to a ticket', () => {
  it('its level and the level of its owner never fall', () => {
    fc.assert(
      fc.property(story, (each) =>
        play(each, (before, { ticket }) => {
          expect(levelRank[ticket.level]).toBeGreaterThanOrEqual(levelRank[before.level]);
          expect(rankOf(ticket)).toBeGreaterThanOrEqual(rankOf(before));
        }),
      ),
      runs,
    );
  });

  it('its owner is one of the organisation that has it', () => {
    fc.assert(
      fc.property(story, (each) =>
        play(each, (_before, { ticket }) => {
          if (ticket.ownerId === null) return;
          const owner = people.find((person) => person.id === ticket.ownerId);
          if (ticket.level === 'property') expect(owner?.manages).toBe(true);
          else
            expect(owner?.desks.some(({ gridId, rank }) => gridId === null || rank >= rankOf(ticket))).toBe(
              true,
            );
        }),
      ),
      runs,
    );
  });

  it('no transition is out of order', () => {
    fc.assert(
      fc.property(story, (each) =>
        play(each, (before, { ticket }) => expect(leads[before.status]).toContain(ticket.status)),
      ),
      runs,
    );
  });

  it('elapsed time survives faults, severities, pauses and rejections', () => {
    fc.assert(
      fc.property(story, (each) =>
        play(each, (before, { ticket, now, calendar }) => {
          const isSameStage = ticket.clock.stage === before.clock.stage && ticket.level === before.level;
          const isNewStage = ticket.status === 'dispatched' || ticket.status === 'reported';
          const isTaken = before.ownerId !== ticket.ownerId;
          if (!isSameStage || isTaken || (isNewStage && before.status !== ticket.status)) return;
          if (isNewStage && before.companyId !== ticket.companyId) return;
          const elapsed = elapsedOf(calendar, before.clock, now);
          expect(elapsedOf(calendar, ticket.clock, now)).toBe(elapsed);
        }),
      ),
      runs,
    );
  });

  it('a rise by the clock and its breach are one, and nothing but time breaches', () => {
    fc.assert(
      fc.property(story, (each) =>
        play(each, (before, { ticket, last }, { do: by }) => {
          if (by !== 'wait') expect(last.breach).toBeUndefined();
          else if (ticket.level !== before.level) {
            expect(last.breach).toMatchObject({ level: before.level, dueAt: before.clock.dueAt });
            expect(before.clock.dueAt).toBeLessThanOrEqual(before.nextAt ?? 0);
          }
        }),
      ),
      runs,
    );
  });

  it('what is open is looked at again, and what counts has a deadline', () => {
    fc.assert(
      fc.property(story, (each) =>
        play(each, (_before, { ticket }) => {
          if (ticket.status === 'closed') return expect(ticket.nextAt).toBeNull();
          expect(ticket.nextAt).not.toBeNull();
          const stands = ['paused', 'finished', 'verified'].includes(ticket.status);
          expect([ticket.status, ticket.clock.dueAt === null]).toEqual([ticket.status, stands]);
        }),
      ),
      runs,
    );
  });

  it('an action is done once: the second time nothing happens', () => {
    fc.assert(
      fc.property(story, (each) =>
        play(each, (_before, model, done) => {
          if (done.do !== 'act') return;
          const again = (): unknown =>
            decide(model.ticket, { doer: model.seen(done.who), act: model.said(done.act) }, model.ground());
          if (done.act.name === 'return') return;
          expect(again()).toBeUndefined();
        }),
      ),
      runs,
    );
  });

  it('is offered to a reader only what then succeeds', () => {
    fc.assert(
      fc.property(story, (each) =>
        play(each, (_before, model) => {
          for (const who of people) {
            const doer = model.seen(who);
            for (const name of actionsFor(model.ticket, doer)) {
              const said = model.fitting(name);
              if (said) expect(() => decide(model.ticket, { doer, act: said }, model.ground())).not.toThrow();
            }
          }
        }),
      ),
      { numRuns: 60 },
    );
  });
});

describe('whoever is both the company’s manager and at the desk', () => {
  const both = people.find((person) => person.id === 9);
  const codeOf = (model: TicketModel, act: Act): string | undefined => {
    try {
      if (both) decide(model.ticket, { doer: model.seen(both), act }, model.ground());
    } catch (error) {
      return error instanceof AppError ? error.code : String(error);
    }
    return undefined;
  };

  it('decides nothing that he asked for, and verifies nothing that he did', () => {
    const model = new TicketModel({ empty: [], severity: 'warning' });
    const then = (act: Act) => both && model.act(both, act, () => undefined);
    then({ name: 'accept' });
    then({ name: 'pause', reason: '等', until: model.now + HOUR });
    expect(codeOf(model, { name: 'approve' })).toBe('TICKET_OWN_REQUEST');
    expect(codeOf(model, { name: 'refuse', note: '不' })).toBe('TICKET_OWN_REQUEST');
    then({ name: 'start' });
    then({ name: 'finish', note: '好了' });
    expect(model.ticket.status).toBe('finished');
    expect(codeOf(model, { name: 'verify', ok: true })).toBe('TICKET_VERIFIER_IS_FINISHER');
    expect(codeOf(model, { name: 'verify', ok: false })).toBe('TICKET_VERIFIER_IS_FINISHER');
  });
});

describe('every action in every state for everybody', () => {
  it('is done, was done, or is refused with a reason', () => {
    fc.assert(
      fc.property(story, fc.constantFrom(...ticketActions), fc.constantFrom(...people), (each, name, who) => {
        const model = new TicketModel(each);
        for (const one of each.steps) {
          if (one.do === 'act') model.act(one.who, one.act, () => undefined);
          if (one.do === 'offer') offer(model, one, () => undefined);
        }
        const said = model.fitting(name);
        if (!said) return;
        try {
          decide(model.ticket, { doer: model.seen(who), act: said }, model.ground());
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).code).toMatch(/^TICKET_/);
          expect([400, 403, 409]).toContain((error as AppError).status);
        }
      }),
      runs,
    );
  });

  it('is never for a stranger', () => {
    const stranger = people.find((person) => person.name === 'stranger') ?? people[0];
    fc.assert(
      fc.property(story, (each) =>
        play(each, (_before, { ticket }) => {
          if (stranger) expect(actionsFor(ticket, stranger)).toEqual([]);
        }),
      ),
      { numRuns: 60 },
    );
  });
});
