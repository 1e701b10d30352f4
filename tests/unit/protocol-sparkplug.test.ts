import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import {
  datatypes,
  decodeCommand,
  encodePayload,
  type Metric,
  type Value,
} from '../../device-sim/sparkplug/payload.ts';
import { decodePayload, metricValue } from '../../protocols/sparkplug/payload.ts';
import { sparkplug } from '../../protocols/sparkplug/sparkplug.ts';
import type { Decoded, ProtocolSession } from '../../src/model/uplinks.ts';
import { AT, BREAKER, births, born, PUMP, said, topicOf } from '../fixtures/sparkplug.ts';

const NOW = AT + 500;
const PREFIX = 'spBv1.0/Binhu/pumps-1';
type Message = { bytes: Uint8Array; topic: string };

function hear(session: ProtocolSession, message: Message, receivedAt = NOW): Decoded {
  return sparkplug.decode(session, { ...message, receivedAt });
}
function taughtBy(messages: readonly Message[], receivedAt = NOW): ProtocolSession {
  return messages.reduce(
    (session, message) => hear(session, message, receivedAt).session,
    {} as ProtocolSession,
  );
}
const data = (seq: number, alias: number, value: Value) =>
  said('DDATA', 'pump', { seq, metrics: [{ alias, value }] });
const asksRebirth = ({ publish = [] }: Decoded) =>
  publish.map(({ topic, bytes }) => [topic, decodeCommand(Buffer.from(bytes))]);
const REBIRTH = [['spBv1.0/Binhu/NCMD/pumps-1', [{ name: 'Node Control/Rebirth', on: true }]]];

describe('a payload', () => {
  it.each([
    [1, -5, -5],
    [2, -300, -300],
    [3, -70_000, -70_000],
    [4, -12_345_678_901, -12_345_678_901],
    [5, 250, 250],
    [7, 4_000_000_000, 4_000_000_000],
    [8, 9_007_199_254_740_991, 9_007_199_254_740_991],
    [9, 1.5, 1.5],
    [10, -0.125, -0.125],
    [11, true, true],
    [12, '合闸', '合闸'],
  ] as const)('holds a value of datatype %i: %j', (datatype, given, wanted) => {
    const metric = { name: 'x', timestamp: AT, datatype, value: given } as Metric;
    const [read] = decodePayload(encodePayload({ timestamp: AT, seq: 3, metrics: [metric] })).metrics;
    expect(read && metricValue(read, read.datatype)).toBe(wanted);
  });

  it('passes over data sets, templates and what a later version may bring', () => {
    const writer = new BinaryWriter().tag(1, WireType.Varint).uint64(AT);
    for (const field of [16, 17, 18, 19]) {
      writer.tag(2, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(`complex ${field}`);
      writer
        .tag(field, WireType.LengthDelimited)
        .bytes(Uint8Array.of(8, 1, 18, 2, 10, 0))
        .join();
    }
    writer.tag(77, WireType.Bit32).fixed32(1).tag(3, WireType.Varint).uint64(9);
    const { metrics, seq, damaged } = decodePayload(writer.finish());
    expect({ damaged, seq, count: metrics.length }).toEqual({ damaged: false, seq: 9, count: 4 });
    expect(metrics.map((metric) => metricValue(metric, 16))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('what a metric is called', () => {
  const readings = (metrics: readonly { name: string; value: Value; unit?: string }[]) =>
    hear(
      {},
      said('DBIRTH', 'x', {
        seq: 1,
        metrics: metrics.map((one) => ({
          ...one,
          datatype: { number: datatypes.double, boolean: datatypes.boolean, string: datatypes.string }[
            typeof one.value as 'number' | 'boolean' | 'string'
          ],
        })),
      }),
    )
      .readings.filter(({ signal }) => signal !== 'online')
      .map(({ signal, channel, value, cause }) =>
        [signal, channel, cause ?? value].filter((part) => part !== undefined),
      );

  it.each([
    [{ name: 'Outlet/Pressure', value: 0.32, unit: 'MPa' }, [['water_pressure', 320]]],
    [{ name: 'WaterLeak', value: true }, [['water_leak', true]]],
    [{ name: 'Basement/Leak Detected', value: true }, [['water_leak', true]]],
    [{ name: 'Meter/Flow Rate', value: 2, unit: 'm3/h' }, [['water_flow', 2000]]],
    [{ name: 'Tank/Level', value: 62, unit: '%' }, [['fill', 62]]],
    [{ name: 'Feeder 1/L2/Current', value: 9.5, unit: 'A' }, [['current', 'b', 9.5]]],
    [{ name: 'Feeder/Phase C/Active Power', value: 2.5, unit: 'kW' }, [['power', 'c', 2500]]],
    [{ name: 'Feeder/Energy', value: 12, unit: 'kWh' }, [['energy_import', 12_000]]],
    [{ name: 'Breaker/Residual Current', value: 12, unit: 'mA' }, [['residual_current', 12]]],
    [{ name: 'Breaker/Open', value: true }, [['breaker_position', 'open']]],
    [{ name: 'Breaker/State', value: 'closed' }, [['breaker_position', 'closed']]],
    [{ name: 'Breaker/Tripped', value: true }, [['breaker_fault', 'unspecified']]],
    [{ name: 'Breaker/Tripped', value: false }, []],
    [{ name: 'Breaker/Overload Alarm', value: true }, [['breaker_fault', 'overload']]],
    [{ name: 'Breaker/Fault', value: 'arc fault' }, [['breaker_fault', 'arc_fault']]],
    [{ name: 'Smoke Detector/Smoke', value: false }, [['smoke', false]]],
    [{ name: 'Breaker/Voltage/High Limit', value: 250, unit: 'V' }, []],
    [{ name: 'Room/Pressure', value: 1, unit: '°C' }, []],
    [{ name: 'Node Control/Scan Rate', value: 5 }, []],
  ])('%j', (metric, wanted) => {
    expect(readings([metric])).toEqual(wanted);
  });

  it('two pumps have two points', () => {
    expect(
      readings([
        { name: 'Pump 1/Current', value: 4, unit: 'A' },
        { name: 'Pump 2/Current', value: 5, unit: 'A' },
        { name: 'Pump 2/Phase A/Voltage', value: 230, unit: 'V' },
      ]),
    ).toEqual([
      ['current', 'pump_1', 4],
      ['current', 'pump_2', 5],
      ['voltage', 'a', 230],
    ]);
  });
});

describe('an edge node', () => {
  it('introduces its devices with maker and model', () => {
    const { introduces } = hear(taughtBy([born()]), said('DBIRTH', 'pump', { seq: 1, metrics: PUMP }));
    expect(introduces).toEqual([
      { nativeId: 'Binhu:pumps-1:pump', name: 'pump', vendor: 'Example', model: 'PS-200' },
    ]);
  });

  it('is asked to be born again when a message is missing, and not again at once', () => {
    const session = taughtBy(births);
    expect(asksRebirth(hear(session, data(3, 10, 3)))).toEqual([]);
    const gap = hear(session, data(5, 10, 3));
    expect(asksRebirth(gap)).toEqual(REBIRTH);
    expect(gap.readings).toHaveLength(1);
    const again = hear(gap.session, data(9, 10, 3), NOW + 5000);
    expect(asksRebirth(again)).toEqual([]);
    expect(asksRebirth(hear(again.session, data(12, 10, 3), NOW + 40_000))).toEqual(REBIRTH);
  });

  it('counts from 255 to 0', () => {
    const session = { ...taughtBy(births), seq: 255 };
    expect(asksRebirth(hear(session, data(0, 10, 3)))).toEqual([]);
  });

  it('is asked when an alias or a device is unknown, and after its death', () => {
    const session = taughtBy(births);
    expect(asksRebirth(hear(session, data(3, 77, 1)))).toEqual(REBIRTH);
    expect(asksRebirth(hear(session, said('DDATA', 'lift', { seq: 3, metrics: [] })))).toEqual(REBIRTH);
    const death = said('NDEATH', undefined, { metrics: [{ name: 'bdSeq', datatype: 4, value: 4 }] });
    const dead = hear(session, death);
    expect(dead.readings).toMatchObject([{ signal: 'online', value: false }]);
    const late = hear(dead.session, data(3, 10, 3));
    expect(late.readings).toEqual([]);
    expect(asksRebirth(late)).toEqual(REBIRTH);
    expect(
      hear(taughtBy([...births, death, born(5), ...births.slice(1)]), data(3, 10, 3)).readings,
    ).toHaveLength(1);
  });

  it('a new birth voids the aliases of the old one', () => {
    const session = taughtBy([...births, born(5)]);
    expect(hear(session, data(1, 10, 3))).toMatchObject({ readings: [], outcome: 'undecodable' });
  });

  it('knows metrics of no interest, and does not ask about them', () => {
    const said = hear(taughtBy(births), data(3, 14, 1));
    expect(said).toMatchObject({ outcome: 'empty' });
    expect(asksRebirth(said)).toEqual([]);
  });

  it('teaches no more than it may, and nothing new when it says the same', () => {
    const many = Array.from({ length: 4000 }, (_, i) => ({
      name: `Pump ${i}/Current`,
      alias: 100 + i,
      datatype: datatypes.double,
      value: 1,
    }));
    const session = taughtBy([born(), said('DBIRTH', 'all', { seq: 1, metrics: many })]);
    expect(JSON.stringify(session).length).toBeLessThan(500_000);
    const known = taughtBy(births);
    expect(hear(known, data(3, 10, 3)).session.taught).toBe(known.taught);
  });

  it('covers its own topics, and no other edge node does', () => {
    const covers = (prefix: string, topic: string) => sparkplug.gateway?.covers?.(prefix, topic);
    expect(covers(PREFIX, topicOf('DDATA', 'pump'))).toBe(true);
    expect(covers(PREFIX, 'spBv1.0/Binhu/NCMD/pumps-1')).toBe(true);
    expect(covers(PREFIX, 'spBv1.0/Binhu/DDATA/pumps-10/pump')).toBe(false);
    expect(covers(PREFIX, 'spBv1.0/Other/NDATA/pumps-1')).toBe(false);
    expect(sparkplug.gateway?.guessPrefix(topicOf('NBIRTH'))).toBe(PREFIX);
    expect(sparkplug.gateway?.guessPrefix('spBv1.0/STATE/scada')).toBeUndefined();
    expect(sparkplug.gateway?.guessPrefix('spBv1.0/Binhu/NBIRTH/pumps-1/pump')).toBeUndefined();
  });
});

describe('switching', () => {
  const session = taughtBy(births);
  const encode = (nativeId: string, on: boolean) =>
    sparkplug.encode?.({ kind: 'switch', on }, { nativeId, session, serial: 1, topicPrefix: PREFIX });

  it('writes the metric that shows the position', () => {
    const told = encode('Binhu:pumps-1:breaker', false);
    expect(told).toMatchObject({
      topic: 'spBv1.0/Binhu/DCMD/pumps-1/breaker',
      confirmedBy: { signal: 'breaker_position', value: 'open' },
    });
    expect(decodeCommand(Buffer.from(told?.bytes ?? []))).toEqual([{ name: 'Breaker/Closed', on: false }]);
    expect(decodeCommand(Buffer.from(encode('Binhu:pumps-1:breaker', true)?.bytes ?? []))).toEqual([
      { name: 'Breaker/Closed', on: true },
    ]);
  });

  it('says nothing to a device that has no contact', () => {
    expect(encode('Binhu:pumps-1:pump', false)).toBeUndefined();
    expect(encode('somebody', false)).toBeUndefined();
  });
});

it('tells a breaker fault again only after it was gone', () => {
  let session = taughtBy(births);
  const says = (seq: number, value: string) => {
    const decoded = hear(
      session,
      said('DDATA', 'breaker', { seq, metrics: [{ alias: 21, datatype: 12, value }] }),
    );
    session = decoded.session;
    return decoded.readings.map(({ cause }) => cause);
  };
  expect(says(3, 'short circuit')).toEqual(['short_circuit']);
  expect(says(4, 'short circuit')).toEqual([]);
  const reborn = said('DBIRTH', 'breaker', {
    seq: 5,
    metrics: BREAKER.map((one) => (one.alias === 21 ? { ...one, value: 'short circuit' } : one)),
  });
  const again = hear(session, reborn);
  session = again.session;
  expect(again.readings.some(({ signal }) => signal === 'breaker_fault')).toBe(false);
  expect(says(6, 'none')).toEqual([]);
  expect(says(7, 'short circuit')).toEqual(['short_circuit']);
});
