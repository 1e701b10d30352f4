import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionsFor, decide } from '../../src/incidents/incident-machine.ts';
import {
  type Action,
  type Actor,
  type Decision,
  type IncidentState,
  isOpen,
  isUnanswered,
  isWatched,
} from '../../src/incidents/incident-state.ts';
import { mayReopen, reopened, stepFailed, whatIsDue } from '../../src/incidents/incident-time.ts';
import { afterStep, nextStep } from '../../src/incidents/ladder.ts';
import type { IncidentStatus } from '../../src/model/incidents.ts';
import { AppError } from '../../src/platform/errors.ts';
import { MINUTE, NOON_MS, SECOND, sosPolicy } from '../harness/rescue-village.ts';

const policy = sosPolicy();
const worker: Actor = { id: 1, roles: ['responder'] };
const deputy: Actor = { id: 2, roles: ['responder'] };
const dispatcher: Actor = { id: 3, roles: ['dispatcher'] };
const actors = [worker, deputy, dispatcher];

const fresh = (): IncidentState => ({
  id: 1,
  status: 'notified',
  ownerId: null,
  ownerName: null,
  handOverTo: null,
  nextStep: 1,
  nextStepAt: NOON_MS + 45 * SECOND,
  leaseUntil: null,
  etaAt: null,
  enRouteAt: null,
  resolvedAt: null,
  policy,
});

/** The arrows of DESIGN.md, and to `acknowledged` wherever another person takes over. */
const arrows: Readonly<Record<IncidentStatus, readonly IncidentStatus[]>> = {
  raised: ['notified', 'acknowledged'],
  notified: ['acknowledged'],
  acknowledged: ['acknowledged', 'en_route', 'on_scene', 'notified', 'resolved'],
  en_route: ['en_route', 'on_scene', 'notified', 'resolved', 'acknowledged'],
  on_scene: ['resolved', 'acknowledged'],
  resolved: ['closed', 'notified'],
  closed: [],
};

/** What the service does with a decision: apply it and, where the ladder is to be asked, climb it. */
function apply(state: IncidentState, decision: Decision, now: number, reached: boolean): IncidentState {
  const after = { ...state, ...decision.changes } as IncidentState;
  if (!decision.effects.includes('ask_next')) return after;
  if (!isUnanswered(after.status)) return { ...after, nextStep: after.nextStep + 1 };
  let ladder = { status: after.status, nextStep: after.nextStep, nextStepAt: after.nextStepAt };
  for (;;) {
    const next = nextStep(policy, ladder, now);
    if (next.kind !== 'ask') return { ...after, ...ladder };
    ladder = {
      ...ladder,
      ...afterStep(policy, next.step, { dueAt: ladder.nextStepAt ?? now, now, reached }),
    };
  }
}

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constantFrom<Action>(
    { name: 'acknowledge' },
    { name: 'release' },
    { name: 'on-scene' },
    { name: 'accept-hand-over' },
    { name: 'take-over' },
    { name: 'need-help', what: '120' },
    { name: 'comment', text: 'x' },
    { name: 'close' },
  ),
  fc.record({ name: fc.constant('en-route' as const), etaMs: fc.integer({ min: MINUTE, max: 45 * MINUTE }) }),
  fc.record({ name: fc.constant('hand-over' as const), to: fc.constantFrom(1, 2, 3) }),
  fc.record({
    name: fc.constant('resolve' as const),
    outcome: fc.constant('helped' as const),
    note: fc.constant('x'),
  }),
);
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ actor: fc.constantFrom(...actors), action }) },
  { weight: 4, arbitrary: fc.record({ passMs: fc.integer({ min: 0, max: 20 * MINUTE }) }) },
  { weight: 1, arbitrary: fc.constant('press' as const) },
  { weight: 1, arbitrary: fc.constant('failed' as const) },
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

function step(state: IncidentState, what: Event, at: { now: number; reached: boolean }): IncidentState {
  const { now, reached } = at;
  if (what === 'press') {
    return mayReopen(state, now)
      ? apply(
          { ...state, ...reopened(now) } as IncidentState,
          { changes: {}, effects: ['ask_next'] },
          now,
          reached,
        )
      : state;
  }
  if (what === 'failed') {
    const decision = stepFailed(state, state.nextStep - 1, now);
    return decision ? apply(state, decision, now, reached) : state;
  }
  if ('passMs' in what) {
    const decision = whatIsDue(state, now);
    return decision ? apply(state, decision, now, reached) : state;
  }
  try {
    const decision = decide(state, what, now);
    return decision ? apply(state, decision, now, reached) : state;
  } catch (error) {
    if (error instanceof AppError) return state;
    throw error;
  }
}

describe('whatever happens to an incident', () => {
  it('it is never left without a next step, goes only along the arrows, and never falls a level', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.boolean()), { maxLength: 60 }), (events) => {
        let [state, now] = [fresh(), NOON_MS];
        for (const [what, reached] of events) {
          if (typeof what === 'object' && 'passMs' in what) now += what.passMs;
          const after = step(state, what, { now, reached });
          if (after.status !== state.status) expect(arrows[state.status]).toContain(after.status);
          expect(isWatched(after)).toBe(true);
          if (isOpen(after.status)) expect(after.ownerId === null).toBe(isUnanswered(after.status));
          const isReopened = state.status === 'resolved' && after.status === 'notified';
          if (!isReopened) expect(after.nextStep).toBeGreaterThanOrEqual(state.nextStep);
          state = after;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('without a person it never rests: every 10 minutes at the latest somebody is asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.boolean()), { maxLength: 200 }),
        (sweeps) => {
          let [state, now] = [fresh(), NOON_MS];
          for (const [late, reached] of sweeps) {
            now = Math.max(now, state.nextStepAt ?? now) + late;
            const before = state.nextStep;
            state = step(state, { passMs: 0 }, { now, reached });
            expect(state.nextStep).toBeGreaterThan(before);
            expect(state.status).toBe('notified');
            expect((state.nextStepAt ?? Number.POSITIVE_INFINITY) - now).toBeLessThanOrEqual(
              policy.repeatEveryMs,
            );
          }
        },
      ),
    );
  });

  it('what it offers a person is what it allows, but for a second tap', () => {
    const samples: Record<string, Action> = {
      acknowledge: { name: 'acknowledge' },
      release: { name: 'release' },
      'en-route': { name: 'en-route' },
      'on-scene': { name: 'on-scene' },
      'hand-over': { name: 'hand-over', to: 9 },
      'accept-hand-over': { name: 'accept-hand-over' },
      'need-help': { name: 'need-help', what: '120' },
      'take-over': { name: 'take-over' },
      comment: { name: 'comment', text: 'x' },
      resolve: { name: 'resolve', outcome: 'helped', note: 'x' },
      close: { name: 'close' },
    };
    const states = (
      ['raised', 'notified', 'acknowledged', 'en_route', 'on_scene', 'resolved', 'closed'] as const
    ).map((status) => ({
      ...fresh(),
      status,
      ownerId: ['raised', 'notified'].includes(status) ? null : worker.id,
      handOverTo: deputy.id,
    }));
    for (const state of states) {
      for (const actor of actors) {
        const offered = actionsFor(state, actor);
        for (const sample of Object.values(samples)) {
          const does = () => decide(state, { actor, action: sample }, NOON_MS);
          if (offered.includes(sample.name)) expect(does()).toBeDefined();
          else expect(refusedOrDone(does)).toBe(true);
        }
      }
    }
  });
});

function refusedOrDone(does: () => Decision | undefined): boolean {
  try {
    return does() === undefined;
  } catch (error) {
    return error instanceof AppError;
  }
}

describe('the ladder', () => {
  it('adds nothing for a slow sweep, and makes up for a long pause without repeating itself', () => {
    const late = NOON_MS + 300;
    expect(afterStep(policy, 0, { dueAt: NOON_MS, now: late, reached: true })).toEqual({
      nextStep: 1,
      nextStepAt: NOON_MS + 45 * SECOND,
    });
    const muchLater = NOON_MS + 60 * MINUTE;
    expect(afterStep(policy, 9, { dueAt: NOON_MS, now: muchLater, reached: true })).toEqual({
      nextStep: 10,
      nextStepAt: muchLater + 2 * MINUTE,
    });
  });

  it('asks the next at once where a step reached nobody, but does not spin in its repetitions', () => {
    expect(afterStep(policy, 1, { dueAt: NOON_MS, now: NOON_MS, reached: false }).nextStepAt).toBe(NOON_MS);
    expect(afterStep(policy, 3, { dueAt: NOON_MS, now: NOON_MS, reached: false }).nextStepAt).toBe(NOON_MS);
    expect(afterStep(policy, 4, { dueAt: NOON_MS, now: NOON_MS, reached: false }).nextStepAt).toBe(
      NOON_MS + 2 * MINUTE,
    );
  });
});
