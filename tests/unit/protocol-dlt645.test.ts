import { describe, expect, it } from 'vitest';
import { dlt645 } from '../../protocols/dlt645/dlt645.ts';
import { parseFrame } from '../../protocols/dlt645/frame.ts';
import { itemOf } from '../../protocols/dlt645/items.ts';
import { checkMeterMap } from '../../protocols/dlt645/poll.ts';
import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { frame, METER } from '../fixtures/dlt645.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const topicPrefix = 'dlt645/dtu-9';
const topic = `${topicPrefix}/up`;
const poll = (session: ProtocolSession, now: number, more: { nativeId?: string; map?: unknown } = {}) => {
  const turn = dlt645.poll?.(session, { nativeId: 'dtu-9', topicPrefix, now, ...more });
  if (!turn) throw new Error('it polls');
  return turn;
};
const decode = (session: ProtocolSession, bytes: Uint8Array, at = NOW) =>
  dlt645.decode(session, { bytes, topic, topicPrefix, receivedAt: at });
const asked = ({ publish }: ReturnType<typeof poll>) => {
  const [one] = publish;
  const parsed = one && parseFrame(one.bytes);
  if (!parsed) return undefined;
  expect(one?.topic).toBe('dlt645/dtu-9/down');
  expect(Buffer.from(one?.bytes ?? []).subarray(0, 4)).toEqual(Buffer.alloc(4, 0xfe));
  expect(parsed.faults).toEqual([]);
  return `${parsed.address} ${parsed.control} ${Buffer.from(parsed.data).reverse().toString('hex')}`;
};

describe('asking meters', () => {
  it('asks for an address first, then for the usual things one after the other, then waits', () => {
    const first = poll({}, NOW);
    expect(asked(first)).toBe('AAAAAAAAAAAA 19 ');
    let { session } = decode(first.session, frame(0x93, [...Buffer.from(METER, 'hex').reverse()]));
    const identifiers: string[] = [];
    let now = NOW + 1000;
    for (; now < NOW + 60_000; ) {
      const turn = poll(session, now);
      const question = asked(turn);
      if (question) identifiers.push(question);
      const identifier = Buffer.from(question?.split(' ')[2] ?? '', 'hex').reverse();
      session = question ? decode(turn.session, frame(0x91, [...identifier]), now).session : turn.session;
      now = turn.nextAt;
    }
    expect(identifiers.length).toBeGreaterThanOrEqual(6);
    expect(new Set(identifiers).size).toBe(identifiers.length);
    expect(identifiers).toContain(`${METER} 17 0201ff00`);
    expect(now).toBe(NOW + 60_000);
    expect(asked(poll(session, now))).toBe(`${METER} 17 04000503`);
  });

  it('asks for the single value where the meter does not have the block, from then on', () => {
    const map = { read: ['0201FF00'] };
    const first = poll({}, NOW, { nativeId: METER, map });
    const { session } = decode(first.session, frame(0xd1, [2]));
    expect(asked(poll(session, NOW + 60_000, { nativeId: METER, map }))).toBeUndefined();
    const usual = poll({ taught: session.taught }, NOW, { nativeId: METER });
    expect(asked(usual)).toBe(`${METER} 17 04000503`);
    const next = poll(decode(usual.session, frame(0x91, [3, 5, 0, 4, 0, 0])).session, NOW + 1000, {
      nativeId: METER,
    });
    expect(asked(next)).toBe(`${METER} 17 02010100`);
  });

  it('waits for an answer before it asks again', () => {
    const first = poll({}, NOW, { nativeId: METER });
    expect(poll(first.session, NOW + 1000, { nativeId: METER })).toMatchObject({
      publish: [],
      nextAt: NOW + 2000,
    });
    expect(poll(first.session, NOW + 2000, { nativeId: METER }).publish).toHaveLength(1);
  });

  it('speaks the edition that the map names', () => {
    expect(asked(poll({}, NOW, { map: { edition: 1997, meters: [METER] } }))).toBe(`${METER} 1 b61f`);
  });
});

describe('a map of meters', () => {
  it.each([
    [{ edition: 1997, meters: [METER], read: ['B611', '00010000'], everySeconds: 30 }, []],
    [{ meters: ['12'] }, ['meters']],
    [{ read: ['nonsense'] }, ['read']],
    [{ read: ['FFFFFFFF'], edition: 2001 }, ['edition', 'read']],
    [7, ['']],
  ])('names its faults: %j', (map, faults) => {
    expect(checkMeterMap(map).map(({ path }) => path.join('.'))).toEqual(faults);
  });
});

describe('identifiers', () => {
  it.each([
    ['00013F00', 'energy_import', 't63'],
    ['003D0000', 'energy_import', 'c'],
    ['02030200', 'power', 'b'],
    ['B621', 'current', 'a'],
    ['9020', 'energy_export', undefined],
  ])('%s is %s', (identifier, signal, channel) => {
    const [field] = itemOf(identifier)?.fields ?? [];
    expect(field).toMatchObject({ signal });
    expect(field && 'channel' in field ? field.channel : undefined).toBe(channel);
  });

  it.each(['02010400', '02010101', '00014000', '04000508', 'B640F', 'ZZZZ', ''])(
    '%j is none',
    (identifier) => {
      expect(itemOf(identifier)).toBeUndefined();
    },
  );
});

it('takes a frame that came in two messages', () => {
  const bytes = frame(0x91, [0, 1, 1, 2, 0x15, 0x23]);
  const first = decode({}, bytes.subarray(0, 12));
  const second = decode(first.session, bytes.subarray(12), NOW + 300);
  expect(second.readings).toMatchObject([{ signal: 'voltage', channel: 'a', value: 231.5 }]);
});
