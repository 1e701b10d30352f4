import { describe, expect, it } from 'vitest';
import { gbk } from '../../protocols/gbk.ts';
import { jt808 } from '../../protocols/jt808/jt808.ts';
import type { DownlinkCommand, ProtocolSession } from '../../src/model/uplinks.ts';
import { jt808Frame, jt808Report } from '../fixtures/jt808.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const bytes = (hex: string) => Buffer.from(hex, 'hex');
const hex = (given: Uint8Array | undefined) => Buffer.from(given ?? []).toString('hex');
const decode = (frame: string, session: ProtocolSession = {}, payload?: { map: unknown }) =>
  jt808.decode(session, { bytes: bytes(frame), receivedAt: NOW, ...(payload ? { payload } : {}) });
const signals = (frame: string) => decode(frame).readings.map(({ signal }) => signal);
const encode = (command: DownlinkCommand, session: ProtocolSession = {}) =>
  jt808.encode?.(command, { nativeId: '13912345678', session, serial: 5 });

const sos = jt808Frame('0200', jt808Report({ alarms: 1 }));

describe('a frame', () => {
  it('is the same with and without its marks and its escapes', () => {
    const escaped = jt808Frame('0200', jt808Report({ alarms: 1, items: '01047e7d7e7d' }), { serial: 0x7e7d });
    expect(escaped).toContain('7d02');
    const plain = escaped.slice(2, -2).replaceAll('7d02', '7E').replaceAll('7d01', '7D').toLowerCase();
    const forms = [
      escaped,
      escaped.slice(2),
      escaped.slice(0, -2),
      escaped.slice(2, -2),
      plain,
      `7e${plain}7e`,
    ];
    for (const form of forms) {
      expect(signals(form)).toEqual(['sos', 'charging', 'location']);
      expect(jt808.looksLike?.(bytes(form))).toBe(3);
    }
  });

  it('is taken with the other mark, and answered with it', () => {
    const other = `e7${sos.slice(2, -2).replaceAll('e7', 'e602').replaceAll('3e', '3e01')}e7`;
    const { replies, readings } = decode(other);
    expect(readings[0]).toMatchObject({ signal: 'sos', value: true });
    expect(hex(replies[0])).toMatch(/^e78001.*e7$/);
    expect(jt808.split?.(bytes(other + other)).frames.map(hex)).toEqual([other, other]);
  });

  it('is told from what only begins like one', () => {
    expect(jt808.looksLike?.(bytes(`${sos.slice(0, -4)}ff7e`))).toBe(2);
    expect(jt808.looksLike?.(bytes('7effff000000000000000000000000007e'))).toBe(0);
    expect(jt808.looksLike?.(Buffer.from('[3G*8612345678*0002*LK]'))).toBe(0);
  });
});

describe('the stream', () => {
  it('cuts frames that share a mark', () => {
    const { frames, rest, discarded } = jt808.split?.(bytes(sos + sos.slice(2))) ?? {};
    expect(frames).toHaveLength(2);
    expect(signals(hex(frames?.[1]))).toContain('sos');
    expect([rest?.length, discarded]).toEqual([0, 0]);
  });

  it('loses one frame at most to a stray mark', () => {
    const { frames } = jt808.split?.(bytes(`0102037e${sos}${sos}`)) ?? { frames: [] };
    expect(frames.filter((frame) => signals(hex(frame)).includes('sos'))).toHaveLength(2);
  });
});

describe('what an operator knows of private items', () => {
  const map = {
    items: {
      f1: {
        lengths: [4],
        fields: [
          { at: 0, as: 'u8', signal: 'heart_rate' },
          { at: 1, as: 'u8', signal: 'systolic' },
        ],
      },
      '0xf2': [
        {
          fields: [
            { at: 0, as: 'u8', signal: 'fall', bits: [2] },
            { at: 'x' },
            { at: 0, as: 'u8', signal: 'mood' },
          ],
        },
      ],
      broken: 7,
    },
    transparent: {
      f0: { fields: [{ at: 0, as: 'u16', signal: 'body_temperature', scale: 0.1, none: [0] }] },
    },
  };

  it('is read beside what the standard says', () => {
    const frame = jt808Frame('0200', jt808Report({ items: 'f1044c80000af20104e4020143' }));
    const said = Object.fromEntries(decode(frame, {}, { map }).readings.map((r) => [r.signal, r.value]));
    expect(said).toMatchObject({ heart_rate: 76, systolic: 128, fall: true, battery: 67, charging: true });
  });

  it('is read from transparent data', () => {
    const said = decode(jt808Frame('0900', 'f0016d'), {}, { map });
    expect(said).toMatchObject({ outcome: 'ok', readings: [{ signal: 'body_temperature', value: 36.5 }] });
  });

  it('is asked for by the model that registered', () => {
    const registration = `002c012c4d414b4552${Buffer.from('BAND-1').toString('hex').padEnd(40, '0')}${'31'.repeat(7)}0141`;
    const { session } = decode(jt808Frame('0100', registration));
    expect(jt808.payloadOf?.({ bytes: bytes(sos), receivedAt: NOW }, session)).toEqual({
      nativeId: '13912345678',
      models: ['BAND-1'],
    });
    expect(
      jt808.payloadOf?.({ bytes: bytes(jt808Frame('0002', '')), receivedAt: NOW }, session),
    ).toBeUndefined();
  });
});

describe('a conversation', () => {
  it('numbers our answers', () => {
    const first = decode(sos);
    const second = decode(sos, first.session);
    expect(hex(second.replies[0]).slice(22, 26)).toBe('0002');
  });

  it('says that a band is worn again, where it said that it was not', () => {
    const wear = (bits: string) => jt808Frame('0200', jt808Report({ items: `eb0800060089${bits}` }));
    const off = decode(wear('ffffefff'));
    const worn = (readings: typeof off.readings) => readings.find(({ signal }) => signal === 'worn')?.value;
    expect(worn(off.readings)).toBe(false);
    expect(worn(decode(wear('ffffffff'), off.session).readings)).toBe(true);
    expect(worn(decode(wear('ffffffff')).readings)).toBeUndefined();
  });

  it('continues a batch only with the part that follows', () => {
    const part = (index: string, body: string) => jt808Frame('0704', body, { part: `0003${index}` });
    const begun = decode(part('0001', '000301001c00000001')).session;
    const skipped = decode(part('0003', jt808Report()), begun);
    expect(skipped).toMatchObject({ outcome: 'empty', reason: expect.stringContaining('part 3') });
  });

  it('answers an encrypted message, without reading it', () => {
    const frame = bytes(sos);
    frame[3] = (frame[3] ?? 0) | 0x04;
    frame[frame.length - 2] = (frame[frame.length - 2] ?? 0) ^ 0x04;
    expect(jt808.decode({}, { bytes: frame, receivedAt: NOW })).toMatchObject({
      outcome: 'undecodable',
      nativeId: '13912345678',
      replies: [expect.anything()],
    });
  });
});

describe('commands', () => {
  it('are written in the terminal’s edition', () => {
    expect(hex(encode({ kind: 'locate_now' })?.bytes)).toBe(jt808Frame('8201', '', { serial: 5 }));
    const { session } = decode(jt808Frame('0002', '', { is2019: true }));
    expect(hex(encode({ kind: 'locate_now' }, session)?.bytes)).toBe(
      jt808Frame('8201', '', { serial: 5, is2019: true }),
    );
  });

  it('are those of the standard', () => {
    const body = (command: DownlinkCommand) => {
      const encoded = encode(command);
      return [hex(encoded?.bytes.slice(1, 3)), hex(encoded?.bytes.slice(13, -2)), encoded?.answeredBy];
    };
    expect(body({ kind: 'set_interval', seconds: 600 })).toEqual(['8103', '01000000290400000258', '8103']);
    expect(body({ kind: 'restart' })).toEqual(['8105', '04', '8105']);
    expect(body({ kind: 'power_off' })).toEqual(['8105', '03', '8105']);
    expect(body({ kind: 'message', text: '你好 A😀' })).toEqual(['8300', '0cc4e3bac320413f', '8300']);
    expect(body({ kind: 'set_sos_numbers', numbers: ['120', '139'] })).toEqual([
      '8401',
      '0102030331323004534f5331030331333904534f5332',
      '8401',
    ]);
  });

  it('that the standard has no word for are not sent', () => {
    expect(encode({ kind: 'ring' })).toBeUndefined();
    expect(encode({ kind: 'measure', what: 'heart_rate' })).toBeUndefined();
    expect(
      jt808.encode?.({ kind: 'locate_now' }, { nativeId: 'band-7', session: {}, serial: 1 }),
    ).toBeUndefined();
  });

  it('cut a text at a whole character', () => {
    expect(hex(gbk('a你好', 4))).toBe('61c4e3');
  });
});

it('knows a terminal by its number with and without zeros', () => {
  expect(jt808.aliases?.('013912345678')).toEqual(['013912345678', '13912345678', '00000000013912345678']);
  expect(jt808.aliases?.('13912345678')).toContain('013912345678');
  expect(jt808.aliases?.('band-7')).toEqual(['band-7']);
});
