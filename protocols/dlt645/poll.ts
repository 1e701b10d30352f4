import type { Protocol, ProtocolSession } from '../../src/model/uplinks.ts';
import { toDown } from '../dtu.ts';
import { takeTurn } from '../polling.ts';
import { isObject } from '../sink.ts';
import { formatFrame } from './frame.ts';
import { itemOf } from './items.ts';
import { type Memory, MOST_METERS, memoryOf, taughtOf } from './session.ts';

/** What an operator may say of the meters behind a terminal of one model. */
export interface MeterMap {
  edition: 1997 | 2007;
  meters: readonly string[];
  read: readonly string[];
  everyMs: number;
}

const READ_2007 = 0x11;
const READ_1997 = 0x01;
const READ_ADDRESS = 0x13;
const ANYBODY = 'AAAAAAAAAAAA';
const EVERY_MS = 60_000;
const MOST_READ = 64;

/** A block first; the single value where the meter does not have the block. */
const usual: Readonly<Record<MeterMap['edition'], readonly (readonly string[])[]>> = {
  2007: [
    ['04000503'],
    ['0201FF00', '02010100'],
    ['0202FF00', '02020100'],
    ['0203FF00', '02030000'],
    ['00010000', '00000000'],
    ['02060000'],
    ['02800002'],
    ['02800007'],
  ],
  1997: [['B61F', 'B611'], ['B62F', 'B621'], ['B63F', 'B630'], ['9010']],
};

const texts = (value: unknown, pattern: RegExp, most: number): string[] =>
  Array.isArray(value)
    ? value.filter((one): one is string => typeof one === 'string' && pattern.test(one)).slice(0, most)
    : [];

/** `{edition?, meters?, read?, everySeconds?}`; what is absent or wrong is as usual. */
export function readMeterMap(map: unknown): MeterMap {
  const { edition, meters, read, everySeconds } = isObject(map) ? map : {};
  const seconds = typeof everySeconds === 'number' && everySeconds >= 5 && everySeconds <= 86_400;
  return {
    edition: edition === 1997 ? 1997 : 2007,
    meters: texts(meters, /^\d{12}$/, MOST_METERS),
    read: texts(read, /^(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{4})$/, MOST_READ).map((one) => one.toUpperCase()),
    everyMs: seconds ? everySeconds * 1000 : EVERY_MS,
  };
}

/** Names each fault of such a map; none where it may be used. */
export function checkMeterMap(map: unknown): { path: string[]; message: { zh: string; en: string } }[] {
  if (!isObject(map)) return [{ path: [], message: { zh: '应为对象', en: 'expected an object' } }];
  const { meters = [], read = [], edition = 2007 } = map;
  const known = readMeterMap(map);
  const fault = (path: string, zh: string, en: string) => ({ path: [path], message: { zh, en } });
  return [
    ...(edition === 1997 || edition === 2007
      ? []
      : [fault('edition', '应为 1997 或 2007', 'expected 1997 or 2007')]),
    ...(Array.isArray(meters) && known.meters.length === meters.length
      ? []
      : [fault('meters', '应为 12 位表号的列表', 'expected a list of addresses of 12 digits')]),
    ...(Array.isArray(read) && known.read.length === read.length && known.read.every(itemOf)
      ? []
      : [
          fault(
            'read',
            '应为已知数据标识的列表',
            'expected a list of known identifiers of 8 or 4 hex digits',
          ),
        ]),
  ];
}

type Question = { address: string; identifier: string };

function questionsFor(memory: Memory, map: MeterMap, nativeId: string): Question[] {
  const { meters, absent } = taughtOf(memory);
  const named = /^\d{12}$/.test(nativeId) ? [nativeId] : [];
  const addresses = [...new Set([...map.meters, ...named, ...meters])].slice(0, MOST_METERS);
  const wanted = map.read.length > 0 ? map.read.map((one) => [one]) : usual[map.edition];
  if (addresses.length === 0) return [{ address: ANYBODY, identifier: '' }];
  return addresses.flatMap((address) =>
    wanted.flatMap((ways) => {
      const identifier = ways.find((way) => !absent.includes(`${address}/${way}`));
      return identifier === undefined ? [] : [{ address, identifier }];
    }),
  );
}

function frameOf({ address, identifier }: Question): Uint8Array {
  if (identifier === '')
    return formatFrame({ address: ANYBODY, control: READ_ADDRESS, data: new Uint8Array() });
  const control = identifier.length === 4 ? READ_1997 : READ_2007;
  return formatFrame({ address, control, data: Buffer.from(identifier, 'hex').reverse() });
}

type Poll = NonNullable<Protocol['poll']>;

/** One question at a time, round after round; the address first where nobody knows one. */
export const poll: Poll = (session: ProtocolSession, { nativeId, now, topicPrefix, map }) => {
  const memory = memoryOf(session);
  const { everyMs, ...meterMap } = readMeterMap(map);
  const questions = questionsFor(memory, { everyMs, ...meterMap }, nativeId);
  const turn = takeTurn(
    { round: memory.round, askedAt: memory.asked?.at },
    { questions: questions.length, everyMs, now },
  );
  const question = turn.ask === undefined ? undefined : questions[turn.ask];
  if (!question || topicPrefix === undefined)
    return { session: { ...memory, round: turn.round }, publish: [], nextAt: turn.nextAt };
  return {
    session: { ...memory, asked: { ...question, at: now }, round: turn.round },
    publish: toDown({ topicPrefix }, frameOf(question)),
    nextAt: turn.nextAt,
  };
};
