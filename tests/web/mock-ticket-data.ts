import type { Person } from '../../src/api/schemas.ts';
import type { TicketDetail, TicketReadings, TicketTimelineEntry } from '../../src/api/ticket-schemas.ts';
import type { TicketTimelineKind } from '../../src/model/tickets.ts';
import { company, placeOf } from './mock-assets.ts';
import { people } from './mock-data.ts';

/** Tickets as the mock keeps them; the reader's part is worked out when they are read. */
export type StoredTicket = Omit<TicketDetail, 'actions' | 'assignable' | 'dispatchable'>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let nextEntry = 1;

export function line(
  kind: TicketTimelineKind,
  at: number,
  actor: Person | null,
  detail: Record<string, unknown> = {},
): TicketTimelineEntry {
  return { id: nextEntry++, at, kind, actor, detail };
}

interface Drawn extends Partial<StoredTicket> {
  id: number;
  kind: string;
  faultClass: StoredTicket['faultClass'];
  assetId: number;
  agoMs: number;
  stage?: 'accept' | 'finish';
  limitMs?: number;
  elapsedMs?: number;
  unit?: StoredTicket['clock']['unit'];
  running?: boolean;
}

/** Nobody has done anything about it. */
const unworked = {
  ...{ acceptedAt: null, startedAt: null, finishedAt: null, finishedBy: null, finding: null },
  ...{ verifiedAt: null, verifiedBy: null, rating: null, ratingNote: null },
};

/** A ticket of which nothing more is known. */
const blank = {
  severity: 'warning',
  status: 'dispatched',
  level: 'property',
  company,
  grid: { id: 11, name: '茅圻一组' },
  desk: null,
  owner: null,
  assignees: [],
  address: '滨湖路 21 号',
  location: { latitude: 30.387, longitude: 114.874 },
  occurrences: 1,
  reworks: 0,
  breaches: 0,
  recoveredAt: null,
  closedAt: null,
  request: null,
  pausedUntil: null,
  evidence: {},
  note: null,
  ...unworked,
  tasks: [],
  photos: [],
  breachList: [],
} satisfies Partial<StoredTicket>;

/** A ticket of this kind at this place, reported `agoMs` ago; its clock runs since then. */
export function drawTicket(drawn: Drawn, now: number): StoredTicket {
  const {
    assetId,
    agoMs,
    stage = 'accept',
    limitMs = 2 * HOUR,
    elapsedMs = agoMs,
    unit,
    running = true,
    ...rest
  } = drawn;
  const at = now - agoMs;
  return {
    ...blank,
    asset: placeOf(assetId),
    device: {
      id: 303,
      protocol: 'native',
      nativeId: `bh-${assetId}`,
      name: `${placeOf(assetId).name}传感器`,
    },
    reportedAt: at,
    lastFaultAt: at,
    timeline: [
      line('reported', at, null, { rule: drawn.kind, kind: drawn.kind }),
      line('dispatched', at, null, { level: 'property' }),
    ],
    ...rest,
    clock: {
      stage,
      unit: unit ?? 'round_the_clock',
      limitMs,
      elapsedMs,
      running,
      dueAt: running ? now + limitMs - elapsedMs : null,
    },
  };
}

const owner = people.property;
const repairer = people.repairer;

/** One of each kind of situation. */
export function createTickets(now: number): StoredTicket[] {
  return [burst(now), trip(now), leakAtCommunity(now), ...workingHours(now), ...doneOnes(now)];
}

function burst(now: number): StoredTicket {
  return drawTicket(
    {
      id: 1,
      kind: 'burst_suspected',
      faultClass: 'water_supply',
      severity: 'critical',
      assetId: 512,
      agoMs: 11 * MINUTE,
      limitMs: 30 * MINUTE,
      occurrences: 3,
      evidence: { signal: 'water_pressure', value: 82, limit: 140 },
      photos: [{ id: 1, at: now - 4 * MINUTE, account: repairer, stage: 'before', url: '/api/photos/1' }],
    },
    now,
  );
}

function trip(now: number): StoredTicket {
  const at = now - 95 * MINUTE;
  return drawTicket(
    {
      id: 2,
      kind: 'breaker_tripped',
      faultClass: 'breaker_trip',
      assetId: 523,
      agoMs: 95 * MINUTE,
      status: 'in_progress',
      stage: 'finish',
      limitMs: 4 * HOUR,
      elapsedMs: 200 * MINUTE,
      owner,
      assignees: [repairer],
      acceptedAt: at + 5 * MINUTE,
      startedAt: at + 20 * MINUTE,
      evidence: { signal: 'breaker_fault', value: true, cause: 'overload', stage: 'trip' },
      tasks: [
        {
          id: 1,
          account: repairer,
          company: null,
          assignedBy: owner,
          note: '带上钳形表，先看电梯机房。',
          createdAt: at + 8 * MINUTE,
          doneAt: null,
        },
      ],
      timeline: [
        line('reported', at, null, { rule: 'breaker_tripped', kind: 'breaker_tripped', cause: 'overload' }),
        line('dispatched', at, null, { level: 'property' }),
        line('accepted', at + 5 * MINUTE, owner),
        line('assigned', at + 8 * MINUTE, owner, {
          accountId: repairer.id,
          note: '带上钳形表，先看电梯机房。',
        }),
        line('started', at + 20 * MINUTE, repairer),
        line('reminded', at + 60 * MINUTE, null, { percent: 50, stage: 'finish' }),
      ],
    },
    now,
  );
}

function leakAtCommunity(now: number): StoredTicket {
  const at = now - 7 * HOUR;
  return drawTicket(
    {
      id: 3,
      kind: 'water_leak',
      faultClass: 'water_leak',
      severity: 'critical',
      assetId: 531,
      agoMs: 7 * HOUR,
      level: 'community',
      desk: { id: 3, name: '茅圻村' },
      limitMs: HOUR,
      elapsedMs: 85 * MINUTE,
      breaches: 1,
      reworks: 1,
      evidence: { signal: 'water_leak', value: true },
      breachList: [
        {
          at: at + HOUR,
          stage: 'accept',
          level: 'property',
          organisation: company.name,
          owner,
          dueAt: at + HOUR,
        },
      ],
      timeline: [
        line('reported', at, null, { kind: 'water_leak' }),
        line('dispatched', at, null, { level: 'property' }),
        line('breached', at + HOUR, null, { stage: 'accept', level: 'property', dueAt: at + HOUR }),
        line('escalated', at + HOUR, null, { from: 'property', to: 'community', by: 'deadline' }),
        line('notified', at + HOUR, null, { people: [{ id: 4, name: '刘建国' }] }),
      ],
    },
    now,
  );
}

/** Less pressing ones, whose clocks do not run at night. */
function workingHours(now: number): StoredTicket[] {
  return [...inOffice(now), pausedOne(now)];
}

function inOffice(now: number): StoredTicket[] {
  const pausing = drawTicket(
    {
      id: 4,
      kind: 'sensor_silent',
      faultClass: 'device_silent',
      assetId: 611,
      agoMs: 26 * HOUR,
      status: 'accepted',
      stage: 'finish',
      unit: 'working_hours',
      limitMs: 16 * HOUR,
      elapsedMs: 5 * HOUR,
      owner,
      acceptedAt: now - 20 * HOUR,
      request: {
        kind: 'pause',
        reason: '备件明天到货。',
        until: now + 20 * HOUR,
        byMs: null,
        by: owner,
        at: now - HOUR,
      },
      evidence: { signal: 'online' },
    },
    now,
  );
  const bin = drawTicket(
    {
      id: 5,
      kind: 'bin_full',
      faultClass: 'bin_full',
      severity: 'info',
      assetId: 541,
      agoMs: 3 * HOUR,
      unit: 'working_hours',
      limitMs: 4 * HOUR,
      elapsedMs: 2 * HOUR,
      recoveredAt: now - 20 * MINUTE,
      evidence: { signal: 'fill', value: 93, limit: 90 },
    },
    now,
  );
  const overNight = { ...bin, clock: { ...bin.clock, dueAt: now + 17 * HOUR } };
  return [pausing, overNight];
}

function pausedOne(now: number): StoredTicket {
  return drawTicket(
    {
      id: 6,
      kind: 'level_high',
      faultClass: 'sewer_level',
      assetId: 540,
      agoMs: 30 * HOUR,
      status: 'paused',
      stage: 'finish',
      running: false,
      limitMs: 48 * HOUR,
      elapsedMs: 12 * HOUR,
      owner,
      assignees: [repairer],
      pausedUntil: now + 12 * HOUR,
    },
    now,
  );
}

function doneOnes(now: number): StoredTicket[] {
  const finished = drawTicket(
    {
      id: 7,
      kind: 'residual_current_high',
      faultClass: 'electrical_warning',
      assetId: 515,
      agoMs: 9 * HOUR,
      status: 'finished',
      stage: 'finish',
      running: false,
      owner,
      assignees: [repairer],
      finishedAt: now - HOUR,
      finishedBy: repairer,
      note: '更换老化的插座回路，剩余电流降到 18 mA。',
      evidence: { signal: 'residual_current', value: 412, limit: 300 },
      photos: [
        { id: 2, at: now - 8 * HOUR, account: repairer, stage: 'before', url: '/api/photos/2' },
        { id: 3, at: now - HOUR, account: repairer, stage: 'after', url: '/api/photos/3' },
      ],
    },
    now,
  );
  const closed = drawTicket(
    {
      id: 8,
      kind: 'pressure_low',
      faultClass: 'water_supply',
      assetId: 512,
      agoMs: 50 * HOUR,
      status: 'closed',
      stage: 'finish',
      running: false,
      owner,
      recoveredAt: now - 46 * HOUR,
      closedAt: now - 40 * HOUR,
      finishedAt: now - 46 * HOUR,
      finishedBy: owner,
      verifiedAt: now - 46 * HOUR,
      rating: 5,
      ratingNote: '半小时内恢复供水。',
      note: '加压泵重新启动。',
    },
    now,
  );
  return [finished, closed];
}

/** Pressure falls and flow rises at the fault; of a breaker what it did. */
export function readingsOf(ticket: StoredTicket, now: number): TicketReadings {
  const faultAt = ticket.reportedAt;
  const from = faultAt - HOUR;
  const to = Math.min(now, faultAt + HOUR);
  const every = Array.from({ length: 40 }, (_, index) => from + (index * (to - from)) / 39);
  const before = (at: number) => at < faultAt;
  const series = (signal: string, unit: string | null, at: (time: number) => number) => ({
    deviceId: 303,
    deviceName: '主管压力流量',
    signal,
    channel: '',
    unit,
    points: every.map((time) => ({ at: time, value: at(time) })),
  });
  if (ticket.faultClass === 'breaker_trip') {
    const event = (at: number, signal: string, value: unknown) => ({
      at,
      deviceId: 306,
      deviceName: '电梯断路器',
      signal,
      channel: '',
      value,
      origin: 'live',
    });
    return {
      from,
      to,
      faultAt,
      series: [
        series('current', 'A', (at) => (before(at) ? 14 + (at % 7) : 0)),
        series('voltage', 'V', () => 229),
      ],
      events: [
        event(faultAt, 'breaker_position', 'open'),
        event(faultAt, 'breaker_opened_by', 'trip'),
        event(faultAt - 1000, 'breaker_fault', { cause: 'overload', stage: 'trip' }),
      ],
    };
  }
  if (ticket.faultClass === 'water_leak')
    return {
      from,
      to,
      faultAt,
      series: [series('water_leak', null, (at) => (before(at) ? 0 : 1))],
      events: [],
    };
  return {
    from,
    to,
    faultAt,
    series: [
      series('water_pressure', 'kPa', (at) => (before(at) ? 305 + (at % 11) : 82 + (at % 5))),
      series('water_flow', 'L/h', (at) => (before(at) ? 2200 + (at % 300) : 14_200 + (at % 600))),
    ],
    events: [],
  };
}
