import { describe, expect, it } from 'vitest';
import { protocolByName } from '../../protocols/index.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const named = (name: string) => {
  const protocol = protocolByName(name);
  if (!protocol) throw new Error(`no protocol ${name}`);
  return protocol;
};
const split = (name: string, text: string) => {
  const { frames = [], rest, discarded } = named(name).split?.(Buffer.from(text, 'latin1')) ?? {};
  return {
    frames: frames.map((frame) => Buffer.from(frame).toString('latin1')),
    rest: String(rest),
    discarded,
  };
};
const decode = (name: string, text: string) =>
  named(name).decode({}, { bytes: Buffer.from(text, 'latin1'), receivedAt: NOW });

describe('megastek', () => {
  it('ends the new form with an exclamation mark, the former with the line', () => {
    const first = '0132$MGV002,861234567890123,,R,221126;!';
    const former = 'STX260475          \x02!$GPRMC,081502.000,V;75';
    expect(split('megastek', `${first}\r\n${former}\r\n${first}`)).toEqual({
      frames: [first, `${former}\r\n`, first],
      rest: '',
      discarded: 0,
    });
    expect(split('megastek', former)).toEqual({ frames: [], rest: former, discarded: 0 });
  });

  it('knows the reason of a report however it is spelt, and takes a word it does not know for none', () => {
    const says = (word: string) =>
      decode(
        'megastek',
        `$MGV002,861234567890123,,R,221126,081502,V,,N,,E,,,,,,,,,,,,,,,,,,,,,,,50,${word};!`,
      )
        .readings.map(({ signal, value }) => `${signal} ${value}`)
        .filter((one) => one !== 'battery 50');
    expect(['Timer', 'Distance', 'Call', ''].flatMap(says)).toEqual([]);
    expect(says('LowBattery')).toEqual(['battery_low true']);
    expect(says('BELT-OFF')).toEqual(['worn false']);
    expect(says('Fall detection')).toEqual(['fall true']);
    expect(says('No movement')).toEqual(['no_motion true']);
    expect(says('Speed Alarm')).toEqual(['general_alarm true']);
  });

  it('tells its frames from others', () => {
    const looks = (text: string) => named('megastek').looksLike?.(Buffer.from(text));
    expect(['$MGV003,1', '0132$MGV002,1', 'LOGSTX,1,$GPRMC,1', '$GPRMC,1', 'STX'].map(looks)).toEqual([
      2, 2, 2, 0, 0,
    ]);
  });
});

describe('pt60', () => {
  it('cuts both forms at their marks', () => {
    const g = '@G#@,V01,13,861234567890123,460001234567890,20261122081502,1,@R#@';
    const b = '@B#@|01|006|861234567890123|460001234567890|20261122081502|2|@E#@';
    expect(split('pt60', `x${g}${b}@B#`)).toEqual({ frames: [g, b], rest: '@B#', discarded: 1 });
    expect(split('pt60', `${b.slice(0, 40)}${g}`).frames).toEqual([b.slice(0, 40), g]);
  });

  it('tells its frames from others', () => {
    const looks = (text: string) => named('pt60').looksLike?.(Buffer.from(text));
    expect(['@B#@|01|', '@G#@,V01,', '|01|001|861234567890123|', '@LINK,861234567890123'].map(looks)).toEqual(
      [2, 2, 1, 0],
    );
  });
});

describe('r16h', () => {
  it('cuts at the dollar sign', () => {
    const link = '@LINK,861234567890123$';
    expect(split('r16h', `${link}zz${link}@GPSD,86`)).toEqual({
      frames: [link, link],
      rest: '@GPSD,86',
      discarded: 2,
    });
  });

  it('is asked where it is, and tells whether a setting was taken', () => {
    const downlink = named('r16h').encode?.(
      { kind: 'locate_now' },
      { nativeId: '861234567890123', session: {}, serial: 1 },
    );
    expect(String(downlink?.bytes)).toBe('@ROLL,861234567890123$');
    expect(
      named('r16h').encode?.({ kind: 'ring' }, { nativeId: '1', session: {}, serial: 1 }),
    ).toBeUndefined();
    expect(decode('r16h', '@RPLY,861234567890123,STPH,FAIL$').downlinkAnswer).toEqual({
      command: 'STPH',
      ok: false,
    });
  });
});
