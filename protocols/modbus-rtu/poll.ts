import type { Protocol } from '../../src/model/uplinks.ts';
import { toDown } from '../dtu.ts';
import { takeTurn } from '../polling.ts';
import { readRequest } from './frame.ts';
import { type Register, type RegisterMap, readRegisterMap, widthOf } from './register-map.ts';
import { learn, memoryOf } from './session.ts';

/** Registers that a request skips are read along rather than asked for twice. */
const GAP = 8;
/** Many devices give no more than this at once. */
const MOST_REGISTERS = 60;
const MOST_COILS = 256;
const NO_MAP_MS = 60_000;

/** What one request reads. */
export interface Group {
  slave: number;
  fc: number;
  addr: number;
  count: number;
}

const endOf = ({ addr, count }: Group) => addr + count;

function grouped(groups: Group[], { slave, fc, addr, type }: Register): Group[] {
  const end = addr + (type === 'bit' ? 1 : widthOf(type));
  const last = groups.at(-1);
  const most = fc <= 2 ? MOST_COILS : MOST_REGISTERS;
  const joins =
    last?.slave === slave && last.fc === fc && addr - endOf(last) <= GAP && end - last.addr <= most;
  if (!last || !joins) return [...groups, { slave, fc, addr, count: end - addr }];
  return [...groups.slice(0, -1), { ...last, count: Math.max(last.count, end - last.addr) }];
}

/** The requests that read every register of a map, each at once as many as stand close together. */
export function groupsOf({ registers }: RegisterMap): Group[] {
  const key = ({ slave, fc, addr }: Register) => (slave * 8 + fc) * 65_536 + addr;
  return [...registers].sort((a, b) => key(a) - key(b)).reduce(grouped, []);
}

/** A map is a file that seldom changes. */
const read = new WeakMap<object, RegisterMap>();

/** The usable part of an operator's map; undefined where there is none. */
export function mapFrom(raw: unknown): RegisterMap | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const known = read.get(raw);
  if (known) return known;
  const { map } = readRegisterMap(raw);
  read.set(raw, map);
  return map;
}

type Poll = NonNullable<Protocol['poll']>;

/** One request at a time, round after round, for the registers of the operator's map. */
export const poll: Poll = (session, { now, topicPrefix, map: raw }) => {
  const map = mapFrom(raw);
  if (!map || topicPrefix === undefined) return { session, publish: [], nextAt: now + NO_MAP_MS };
  const memory = learn(memoryOf(session), map);
  const groups = groupsOf(map);
  const turn = takeTurn(
    { round: memory.round, askedAt: memory.asked?.at },
    { questions: groups.length, everyMs: map.everyMs, now },
  );
  const group = turn.ask === undefined ? undefined : groups[turn.ask];
  if (!group) return { session: { ...memory, round: turn.round }, publish: [], nextAt: turn.nextAt };
  return {
    session: { ...memory, asked: { ...group, at: now }, round: turn.round },
    publish: toDown({ topicPrefix }, readRequest(group)),
    nextAt: turn.nextAt,
  };
};
