import { describe, expect, it } from 'vitest';
import type { TicketClockView, TicketDetail } from '../../src/api/ticket-schemas.ts';
import type { TicketAction } from '../../src/model/tickets.ts';
import { createLanguage } from '../../src/web/i18n/language.tsx';
import { addTexts } from '../../src/web/i18n/translate.ts';
import { ancestorsOf, idsBelow, pruned, treesOf } from '../../src/web/property/tree.ts';
import { clockAt } from '../../src/web/tickets/clock.ts';
import { byTicketUrgency, mayTakePhotos, nextStep, placePath } from '../../src/web/tickets/describe.ts';
import { evidenceFacts } from '../../src/web/tickets/evidence.ts';
import { fitWithin } from '../../src/web/tickets/shrink.ts';
import { en, zh } from './all-texts.ts';
import { assetViews } from './mock-assets.ts';
import { createTickets, drawTicket } from './mock-ticket-data.ts';

const HOUR = 3_600_000;
const now = Date.UTC(2026, 10, 22, 4);

const clock = (patch: Partial<TicketClockView> = {}): TicketClockView => ({
  stage: 'accept',
  unit: 'round_the_clock',
  limitMs: HOUR,
  elapsedMs: 0,
  running: true,
  dueAt: now + HOUR,
  ...patch,
});

describe('what a ticket rests on', () => {
  addTexts({ zh, en });
  const display = {
    ...createLanguage('en'),
    largePrint: false,
    setLocale: () => {},
    setLargePrint: () => {},
  };
  const factsOf = (evidence: Record<string, unknown>) => Object.fromEntries(evidenceFacts(evidence, display));

  it('says from what a burst pipe’s pressure fell, besides the flow', () => {
    const burst = { signal: 'water_flow', value: 4800, from: 300, fromSignal: 'water_pressure' };
    expect(factsOf(burst)).toEqual({ Flow: '4,800 L/h', 'Water pressure before': '300 kPa' });
  });

  it('says of a silent sensor when it was last heard of, or that it never was', () => {
    const moment = display.format.full(now);
    expect(factsOf({ signal: 'online', heardAt: now })).toEqual({ 'Last heard of': moment });
    expect(factsOf({ signal: 'online', registeredAt: now })).toEqual({
      'Never heard of since it was registered': moment,
    });
  });
});

describe('the clock of a ticket', () => {
  it.each([
    [0, 'calm'],
    [0.49, 'calm'],
    [0.5, 'half'],
    [0.8, 'late'],
    [1, 'over'],
    [2, 'over'],
  ])('is at %d of its limit %s', (part, state) => {
    expect(clockAt(clock(), now, now + part * HOUR).state).toBe(state);
  });

  it('ticks on from what the service said', () => {
    const half = clock({ elapsedMs: HOUR / 2, dueAt: now + HOUR / 2 });
    expect(clockAt(half, now, now + HOUR / 4)).toMatchObject({ part: 0.75, leftMs: HOUR / 4 });
  });

  it('does not tick through a night that does not count, and says what still counts', () => {
    const overNight = clock({
      unit: 'working_hours',
      limitMs: 4 * HOUR,
      elapsedMs: 2 * HOUR,
      dueAt: now + 17 * HOUR,
    });
    const at = clockAt(overNight, now, now + 5 * HOUR);
    expect(at).toEqual({ state: 'half', part: 0.5, leftMs: 12 * HOUR, countedMs: 2 * HOUR });
    expect(clockAt(overNight, now, now + 17 * HOUR).state).toBe('over');
  });

  it('stands still while it is paused', () => {
    const paused = clock({ running: false, dueAt: null, elapsedMs: HOUR / 4 });
    expect(clockAt(paused, now, now + 9 * HOUR)).toMatchObject({
      state: 'still',
      part: 0.25,
      leftMs: undefined,
    });
  });
});

describe('tickets in a list', () => {
  it('stand with what is late first, then what is due soonest, what waits for others last', () => {
    const ids = createTickets(now)
      .sort(byTicketUrgency(now, now))
      .map(({ id }) => id);
    expect(ids).toEqual([3, 1, 2, 4, 5, 6, 7, 8]);
  });
});

describe('the next step', () => {
  const ticket = (patch: Partial<TicketDetail>, actions: TicketAction[]): TicketDetail => ({
    ...drawTicket({ id: 1, kind: 'water_leak', faultClass: 'water_leak', assetId: 513, agoMs: 0 }, now),
    assignable: { people: [], companies: [] },
    dispatchable: [],
    ...patch,
    actions,
  });
  const me = { id: 8, name: '李师傅', phone: null };
  const other = { id: 9, name: '赵师傅', phone: null };

  it.each<[string, Partial<TicketDetail>, TicketAction[], ReturnType<typeof nextStep>]>([
    ['accepts what is new', {}, ['accept', 'return', 'comment'], { main: 'accept' }],
    [
      'sends somebody or goes himself',
      { status: 'accepted' },
      ['assign', 'start'],
      { main: 'assign', beside: 'start' },
    ],
    [
      'starts what was given to him',
      { status: 'accepted', assignees: [me] },
      ['assign', 'start'],
      { main: 'start' },
    ],
    ['waits for whom he sent', { status: 'accepted', assignees: [other] }, ['assign', 'start'], undefined],
    ['finishes', { status: 'in_progress' }, ['assign', 'finish', 'pause'], { main: 'finish' }],
    ['verifies', { status: 'finished' }, ['verify', 'comment'], { main: 'verify' }],
    ['rates before closing', { status: 'verified' }, ['close', 'rate'], { main: 'rate' }],
    ['closes what is rated', { status: 'verified', rating: 4 }, ['close', 'rate'], { main: 'close' }],
    [
      'gives what nobody has to a company',
      { status: 'reported', company: null },
      ['dispatch'],
      { main: 'dispatch' },
    ],
    ['leaves what a company has with it', { status: 'dispatched' }, ['dispatch', 'escalate'], undefined],
    ['is none for who may only look', { status: 'in_progress' }, [], undefined],
  ])('%s', (_title, patch, actions, step) => expect(nextStep(ticket(patch, actions), me.id)).toEqual(step));

  it('decides what was asked before anything else', () => {
    const request = { kind: 'pause' as const, reason: '…', until: now, byMs: null, by: other, at: now };
    expect(nextStep(ticket({ request }, ['accept', 'approve', 'refuse']), me.id)).toEqual({
      main: 'approve',
      beside: 'refuse',
    });
  });

  it('offers the camera only while there is work and to who has to do with it', () => {
    expect(mayTakePhotos(ticket({ status: 'in_progress' }, ['comment']))).toBe(true);
    expect(mayTakePhotos(ticket({ status: 'in_progress' }, []))).toBe(false);
    expect(mayTakePhotos(ticket({ status: 'finished' }, ['comment']))).toBe(false);
  });
});

describe('the tree of buildings', () => {
  const assets = assetViews({ devices: [], tickets: [] });
  const names = (nodes: ReturnType<typeof treesOf>): unknown[] =>
    nodes.map(({ asset, inside }) => (inside.length > 0 ? [asset.name, names(inside)] : asset.name));

  it('counts as people do: building 2 stands before building 10', () => {
    const [garden] = treesOf(assets, 'zh-CN').filter(({ asset }) => asset.name === '湖滨花园');
    const buildings = garden?.inside.map(({ asset }) => asset.name).filter((name) => name.endsWith('号楼'));
    expect(buildings).toEqual(['1 号楼', '2 号楼', '10 号楼']);
  });
  it('shows what was searched with everything above it', () => {
    expect(names(pruned(treesOf(assets, 'zh-CN'), '电梯'))).toEqual([
      ['湖滨花园', [['2 号楼', [['1 单元', [['单元配电箱', ['电梯断路器']]]]]]]],
    ]);
  });
  it('keeps everything below a place that fits', () => {
    const [found] = pruned(treesOf(assets, 'zh-CN'), '码头');
    expect(idsBelow(assets, 601).size).toBe(4);
    expect(found?.inside[0]?.inside).toHaveLength(2);
  });
  it('knows the way down', () => {
    expect(ancestorsOf(assets, 512).map(({ name }) => name)).toEqual(['湖滨花园', '1 号楼', '地下室']);
  });
  it('puts what has no parent here at the top', () => {
    const part = assets.filter(({ id }) => id !== 501);
    expect(treesOf(part, 'zh-CN').some(({ asset }) => asset.name === '10 号楼')).toBe(true);
  });
});

describe('a photo', () => {
  it.each([
    [4000, 3000, 1600, 1200],
    [3000, 4000, 1200, 1600],
    [800, 600, 800, 600],
    [9000, 1, 1600, 1],
  ])('of %d × %d is sent as %d × %d', (width, height, w, h) => {
    expect(fitWithin({ width, height }, 1600)).toEqual({ width: w, height: h });
  });
});

describe('the place of a ticket', () => {
  it('is the id of a device that stands nowhere yet, without the word for its language', () => {
    const ticket = { ...(createTickets(now)[0] as TicketDetail), asset: null, address: null, grid: null };
    expect(placePath(ticket)).toBe(ticket.device.nativeId);
  });
});
