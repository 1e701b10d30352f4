import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitFrames } from '../../protocols/watch/frame.ts';
import { watch } from '../../protocols/watch/watch.ts';
import type { DownlinkCommand, ProtocolSession } from '../../src/model/uplinks.ts';
import { watchFixtures, watchFrame } from '../fixtures/watch.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const RECORD = '221126,081502,V,0,N,0,E,0,0,0,0,88,67,4120,0';

const decode = (frame: string | Uint8Array, session: ProtocolSession = {}) =>
  watch.decode(session, { bytes: Buffer.from(frame), receivedAt: NOW });
const says = (frame: string | Uint8Array) =>
  decode(frame).readings.map(({ signal, value }) =>
    `${signal} ${value === true || value === false ? value : ''}`.trim(),
  );

describe('an alarm', () => {
  const press = watchFrame(
    `AL_LTE,${RECORD},00010000,1,0,460,0,28713,41021,139,1,maoqi,a0:c5:f2:b0:7a:d0,-51,9.5`,
  );
  const afterStatus = press.indexOf('00010000') + 8;

  it('is raised as a press wherever the line broke', () => {
    for (let at = press.indexOf('AL_LTE,') + 2; at < press.length; at += 1) {
      const whole = at >= afterStatus ? 'whole status' : 'cut status';
      expect(says(press.slice(0, at)), `${whole}, cut at ${at}`).toContain('sos true');
    }
  });

  it('is raised whatever happens to the bytes behind the status word', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 80 }), (tail) => {
      const { frames, rest } = splitFrames(
        Buffer.concat([Buffer.from(press.slice(0, afterStatus)), Buffer.from(','), tail]),
      );
      const [first = rest] = frames;
      expect(says(first)).toContain('sos true');
      expect(Buffer.from(decode(first).replies[0] ?? '').toString()).toBe('[3G*8612345678*0002*AL]');
    });
    fc.assert(property, { seed: 7, numRuns: 3000 });
  });

  it('tells every bit of the high half', () => {
    for (let bit = 16; bit < 32; bit += 1) {
      const word = (2 ** bit).toString(16).padStart(8, '0');
      expect(decode(watchFrame(`AL,${RECORD},${word},0,0`)).readings.length, word).toBe(3);
    }
    const all = says(watchFrame(`UD,${RECORD},FFFF0000,0,0`));
    expect(all.slice(0, -2)).toEqual([
      'sos true',
      'fall true',
      'worn false',
      'battery_low true',
      'fence_exit true',
      'fence_enter true',
      'general_alarm true',
    ]);
  });

  it('keeps the undocumented last field of an alarm without bits', () => {
    const [alarm] = decode(watchFrame(`AL,${RECORD},00000000,0,0,,10`)).readings;
    expect(alarm).toMatchObject({ signal: 'general_alarm', code: '10' });
  });
});

it('believes no moment that the calendar does not have', () => {
  const timeOf = (moment: string) =>
    decode(watchFrame(`UD,${RECORD.replace('221126,081502', moment)},00000000,0,0`)).readings[0]?.observedAt;
  expect(timeOf('290228,235959')).toBe(Date.parse('2028-02-29T23:59:59Z'));
  for (const moment of [
    '310226,081502',
    '221326,081502',
    '221126,240000',
    '221126,081560',
    '22112,081502',
    ',',
  ]) {
    expect(timeOf(moment), moment).toBeUndefined();
  }
});

describe('states', () => {
  it('say the opposite only of a device that was seen to use the bit', () => {
    const clear = watchFrame(`UD,${RECORD},00000000,0,0`);
    expect(says(clear)).toEqual(['battery', 'steps']);
    const { session } = decode(watchFrame(`UD,${RECORD},00000018,0,0`));
    expect(decode(clear, session).readings.slice(0, 2)).toMatchObject([
      { signal: 'worn', value: true },
      { signal: 'moving', value: false },
    ]);
    const other = watchFrame(`UD,${RECORD},00000000,0,0`, { id: '8600000000' });
    expect(decode(other, session).readings.map(({ signal }) => signal)).toEqual(['battery', 'steps']);
  });

  it('never contradict the alarm beside them', () => {
    const { session } = decode(watchFrame(`UD,${RECORD},00000008,0,0`));
    expect(
      decode(watchFrame(`AL,${RECORD},00100000,0,0`), session).readings.filter(
        ({ signal }) => signal === 'worn',
      ),
    ).toMatchObject([{ value: false }]);
  });
});

describe('who it looks like', () => {
  it.each([
    ['[3G*8612345678*0002*LK]', 2],
    ['3G*8612345678*0002*LK', 2],
    ['[ZJ*861234567890123*0001*0002*LK]', 2],
    [`[${'a1'.repeat(16)}HYK*861234567890123*0002*LK]`, 2],
    ['[3G*8612345678*AL,1', 2],
    ['*HQ,8612345678,V1,1#', 0],
    ['{"a":"3G*8612345678*0002*LK"}', 0],
    ['', 0],
  ])('%s: %i', (frame, sure) => expect(watch.looksLike?.(Buffer.from(frame))).toBe(sure));
});

describe('the stream', () => {
  const frames = (text: string) => {
    const cut = splitFrames(Buffer.from(text, 'latin1'));
    return { ...cut, frames: cut.frames.map(String), rest: String(cut.rest) };
  };
  const LK = '[3G*8612345678*0002*LK]';

  it('takes the declared length although a network name holds a bracket', () => {
    const frame = watchFrame(`UD,${RECORD},00000000,0,1,a]5,a0:c5:f2:b0:7a:d0,-51`);
    expect(frames(frame + LK).frames).toEqual([frame, LK]);
    expect(frames(frame.slice(0, frame.indexOf(']') + 1)).frames).toEqual([]);
    const numbered = watchFrame(`UD,${RECORD},00000000,0,1,5]a,a0:c5:f2:b0:7a:d0,-51`);
    expect(frames(numbered).frames).toEqual([numbered]);
  });

  it('does not wait for a length that is too long', () => {
    const long = LK.replace('0002', '00FF');
    expect(frames(long)).toEqual({ frames: [long], rest: '', discarded: 0 });
  });

  it('goes on at the next header after an unbalanced bracket and a wrong length', () => {
    const frame = `[3G*8612345678*0031*UD_LTE,${RECORD},00000000,0,1,my[net,a0:c5:f2:b0:7a:d0,-34,1.0]`;
    expect(frames(frame + LK).frames).toEqual([frame, LK]);
    expect(frames(frame).frames).toEqual([frame]);
  });

  it('finds the end behind brackets in names although the length is wrong', () => {
    const short = (name: string) =>
      `[SG*8612345678*0031*UD,${RECORD},00000000,0,1,${name},a0:c5:f2:b0:7a:d0,-51]`;
    for (const name of ['a]b', 'a][b']) expect(frames(short(name)).frames).toEqual([short(name)]);
    for (const name of ['a]b', '5]b', 'a][b'])
      expect(frames(short(name) + LK).frames).toEqual([short(name), LK]);
  });

  it('keeps a frame with a damaged header, to be recorded with what is wrong about it', () => {
    expect(frames(`[3G**0002*LK]${LK}`)).toEqual({ frames: ['[3G**0002*LK]', LK], rest: '', discarded: 0 });
    expect(frames(`[3G*]*${LK}`)).toEqual({ frames: ['[3G*]', LK], rest: '', discarded: 1 });
  });

  it('gives a frame that was cut by a new connection as it is', () => {
    const cut = `[3G*8612345678*00F1*AL,${RECORD},00010000,1,0,46`;
    expect(frames(cut + LK).frames).toEqual([cut, LK]);
  });

  it('counts junk and keeps what may become a frame', () => {
    expect(frames(`GET / HTTP/1.1\r\n\r\n${LK}\r\nxx[3G*86`)).toEqual({
      frames: [LK],
      rest: '[3G*86',
      discarded: 16,
    });
  });

  it('leaves voice alone, escaped or not', () => {
    const escaped = watchFrame('TK,#!AMR}\x03}\x02}\x01,x');
    const plain = '[3G*8612345678*000a*TK,#!]]AMR]';
    expect(frames(escaped + plain + LK).frames).toEqual([escaped, plain, LK]);
    expect(decode(escaped).replies.map(String)).toEqual(['[3G*8612345678*0004*TK,1]']);
  });
});

describe('downlinks', () => {
  const encode = (command: DownlinkCommand, session: ProtocolSession = {}) => {
    const downlink = watch.encode?.(command, { nativeId: '861234567890123', session, serial: 65_537 });
    return downlink && [Buffer.from(downlink.bytes).toString(), downlink.answeredBy];
  };
  const { session } = decode(watchFrame('LK', { maker: 'SG' }));
  const zj = decode('[ZJ*8612345678*0001*0002*LK]').session;

  it('are addressed as the device spoke', () => {
    expect(encode({ kind: 'locate_now' })).toEqual(['[3G*861234567890123*0002*CR]', 'CR']);
    expect(encode({ kind: 'locate_now' }, session)).toEqual(['[SG*8612345678*0002*CR]', 'CR']);
    expect(encode({ kind: 'ring' }, zj)).toEqual(['[ZJ*8612345678*0001*0004*FIND]', 'FIND']);
  });

  it('carry text as UTF-16 and know no measurement of SpO2', () => {
    expect(encode({ kind: 'message', text: '好 A😀' })).toEqual([
      '[3G*861234567890123*001c*MESSAGE,597d00200041d83dde00]',
      'MESSAGE',
    ]);
    expect(encode({ kind: 'measure', what: 'heart_rate' })?.[0]).toContain('*hrtstart,1]');
    expect(encode({ kind: 'measure', what: 'blood_pressure' })?.[1]).toBe('HRTSTART');
    expect(encode({ kind: 'measure', what: 'temperature' })?.[0]).toContain('*bodytemp2]');
    expect(encode({ kind: 'measure', what: 'temperature' }, zj)?.[0]).toContain('*TEMPSTART]');
    expect(encode({ kind: 'measure', what: 'spo2' })).toBeUndefined();
  });

  it('set what the family can set', () => {
    const contents = (
      [
        { kind: 'set_sos_numbers', numbers: ['+86 138-0013-8000', '120'] },
        { kind: 'set_interval', seconds: 600 },
        { kind: 'fall_detection', on: true, sensitivity: 2 },
        { kind: 'fall_detection', on: false },
        { kind: 'power_off' },
        { kind: 'restart' },
      ] as const
    ).map((command) => encode(command)?.[0]?.slice(20));
    expect(contents).toEqual([
      '0017*SOS,+8613800138000,120,]',
      '000a*UPLOAD,600]',
      '000c*FALLDOWN,1,1]',
      '000c*FALLDOWN,0,0]',
      '0008*POWEROFF]',
      '0005*RESET]',
    ]);
    expect(encode({ kind: 'fall_detection', on: true }, zj)).toBeUndefined();
    expect(encode({ kind: 'switch', on: true })).toBeUndefined();
  });

  it('are none for the signed variant, whose commands nobody tells', () => {
    const signed = decode(`[${'0'.repeat(32)}HYK*861234567890123*0002*LK]`).session;
    expect(encode({ kind: 'locate_now' }, signed)).toBeUndefined();
  });

  it('are matched by their answers', () => {
    for (const command of [
      { kind: 'locate_now' },
      { kind: 'ring' },
      { kind: 'message', text: 'x' },
      { kind: 'set_sos_numbers', numbers: ['120'] },
      { kind: 'set_interval', seconds: 600 },
      { kind: 'fall_detection', on: true },
      { kind: 'power_off' },
      { kind: 'restart' },
    ] as const) {
      const [, answeredBy = ''] = encode(command) ?? [];
      expect(decode(watchFrame(answeredBy.toLowerCase())).downlinkAnswer).toEqual({
        command: answeredBy,
        ok: true,
      });
    }
  });
});

it('knows a band by its IMEI and by the ten digits of it', () => {
  expect(watch.aliases?.('861234567890123')).toEqual(['861234567890123', '3456789012']);
  expect(watch.aliases?.('3456789012')).toEqual(['3456789012']);
});

it('tells no sequence: the index of a ZJ band starts again with the band', () => {
  for (const { bytes } of watchFixtures) expect(decode(bytes).sequence).toBeUndefined();
});
