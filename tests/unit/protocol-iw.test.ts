import { describe, expect, it } from 'vitest';
import { iw } from '../../protocols/iw/iw.ts';
import type { DownlinkCommand, ProtocolSession } from '../../src/model/uplinks.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const IMEI = '861234567890123';
const decode = (frame: string, session: ProtocolSession = {}) =>
  iw.decode(session, { bytes: Buffer.from(frame, 'latin1'), receivedAt: NOW });
const split = (text: string) => {
  const cut = iw.split?.(Buffer.from(text, 'latin1'));
  return { ...cut, frames: cut?.frames.map(String), rest: String(cut?.rest) };
};

describe('a conversation', () => {
  it('belongs to who logged in, until another does', () => {
    expect(decode('IWAP49,72#').nativeId).toBeUndefined();
    const { session } = decode(`IWAP00${IMEI}#`);
    expect(decode('IWAP49,72#', session)).toMatchObject({ nativeId: IMEI, outcome: 'ok' });
    const next = decode('IWAP00861234567890999,x,y#', session);
    expect(decode('IWAP49,72#', next.session).nativeId).toBe('861234567890999');
    expect(decode('IWAP00#', session).session).toEqual(session);
  });

  it('tells the clock to show: UTC, and the zone of China', () => {
    expect(String(decode(`IWAP00${IMEI}#`).replies[0])).toBe('IWBP00,20261122081502,8#');
  });

  it('answers nothing that answers us', () => {
    for (const name of [
      'XL',
      'XY',
      'XZ',
      'XT',
      '12',
      '14',
      '16',
      '33',
      '34',
      '40',
      '76',
      '77',
      '84',
      '85',
      '86',
      '87',
    ]) {
      const { replies, downlinkAnswer } = decode(`IWAP${name},080835#`);
      expect({ name, replies, downlinkAnswer }).toEqual({
        name,
        replies: [],
        downlinkAnswer: { command: `AP${name}`, serial: '80835', ok: true },
      });
    }
  });
});

it('takes a moment that has not come yet for the clock of China', () => {
  const timeOf = (text: string) => decode(`IWAPJK,${text},2,72#`).readings[0]?.observedAt;
  expect(timeOf('2026-11-22 08:00:00')).toBe(Date.parse('2026-11-22T08:00:00Z'));
  expect(timeOf('2026-11-22 16:00:00')).toBe(Date.parse('2026-11-22T08:00:00Z'));
  expect(timeOf('2026-13-22 16:00:00')).toBeUndefined();
});

describe('the stream', () => {
  it('ends a frame at its mark, with or without a line end behind it', () => {
    expect(split('IWAP03,1#\r\nIWAP49,72#IWAP')).toEqual({
      frames: ['IWAP03,1#', 'IWAP49,72#'],
      rest: 'IWAP',
      discarded: 0,
    });
  });

  it('goes on at the next header after a frame without an end, and behind garbage', () => {
    expect(split('IWAP03,06000908000102IWAP49,72#')).toMatchObject({
      frames: ['IWAP03,06000908000102', 'IWAP49,72#'],
    });
    expect(split('xyz#TRVCP01,1#')).toMatchObject({ frames: ['TRVCP01,1#'], discarded: 4 });
  });

  it('takes voice by its length, whatever bytes it has', () => {
    const voice = 'IWAP07,20261122081502,1,1,9,#!AMR#\n#x#';
    expect(split(`${voice}IWAP49,72#`).frames).toEqual([voice, 'IWAP49,72#']);
    expect(split(voice.slice(0, -3))).toMatchObject({ frames: [], rest: voice.slice(0, -3) });
    const wrong = voice.replace(',9,', ',400,');
    expect(split(`${wrong}IWAP49,72#`).frames?.at(-1)).toBe('IWAP49,72#');
  });
});

describe('downlinks', () => {
  const encode = (command: DownlinkCommand, session: ProtocolSession = {}, serial = 42) => {
    const downlink = iw.encode?.(command, { nativeId: IMEI, session, serial });
    return downlink && [String(downlink.bytes), downlink.answeredBy];
  };
  const to = `${IMEI},000042`;

  it.each([
    [{ kind: 'locate_now' }, `IWBP16,${to}#`, 'AP16'],
    [{ kind: 'measure', what: 'heart_rate' }, `IWBPXL,${to}#`, 'APXL'],
    [{ kind: 'measure', what: 'blood_pressure' }, `IWBPXY,${to}#`, 'APXY'],
    [{ kind: 'measure', what: 'spo2' }, `IWBPXZ,${to}#`, 'APXZ'],
    [{ kind: 'measure', what: 'temperature' }, `IWBPXT,${to}#`, 'APXT'],
    [
      { kind: 'set_sos_numbers', numbers: ['+86 138-0013-8000', '120'] },
      `IWBP12,${to},+8613800138000,120,#`,
      'AP12',
    ],
    [{ kind: 'set_interval', seconds: 600 }, `IWBP15,${to},600#`, 'AP15'],
    [{ kind: 'message', text: '好A' }, `IWBP40,${to},597d0041#`, 'AP40'],
    [{ kind: 'fall_detection', on: false }, `IWBP76,${to},0#`, 'AP76'],
    [{ kind: 'fall_detection', on: true, sensitivity: 3 }, `IWBP76,${to},1#IWBP77,${to},3#`, 'AP76'],
    [{ kind: 'restart' }, `IWBP18,${to}#`, 'AP18'],
    [{ kind: 'power_off' }, `IWBP31,${to}#`, 'AP31'],
  ] as [DownlinkCommand, string, string][])('%j', (command, text, answeredBy) => {
    expect(encode(command)).toEqual([text, answeredBy]);
    expect(decode(`IW${answeredBy},000042#`).downlinkAnswer).toEqual({
      command: answeredBy,
      serial: '42',
      ok: true,
    });
  });

  it('go to who logged in, under his prefix, with a serial of six digits', () => {
    const { session } = decode('TRVAP00861234567890999#');
    expect(encode({ kind: 'locate_now' }, session, 7_000_001)?.[0]).toBe('TRVBP16,861234567890999,000001#');
  });

  it('cannot ring and cannot switch', () => {
    expect(encode({ kind: 'ring' })).toBeUndefined();
    expect(encode({ kind: 'switch', on: false })).toBeUndefined();
  });
});

it.each([
  ['IWAP49,72#', 2],
  ['TRVYP02', 2],
  ['IWnull,1', 2],
  ['IWBP16,1#', 0],
  ['[3G*8612345678*0002*LK]', 0],
])('looks at %s: %i', (frame, sure) => expect(iw.looksLike?.(Buffer.from(frame))).toBe(sure));
