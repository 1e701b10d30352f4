import { describe, expect, it } from 'vitest';
import { gt06 } from '../../protocols/gt06/gt06.ts';
import { topin } from '../../protocols/topin/topin.ts';
import type { DownlinkCommand, ProtocolSession } from '../../src/model/uplinks.ts';
import { gt06Fixtures, gt06Frame } from '../fixtures/gt06.ts';
import { topinFixtures } from '../fixtures/topin.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const LOGIN = gt06Frame('01', '0861234567890123 2001 3200');
/** 30.39 north, 114.88 east, located. */
const FIX = 'c9 0342b3b0 0c532b00 0c 145d';
const CLOCK_UTC = '1a0b16080f02';
const CLOCK_LOCAL = '1a0b16100f02';

const decode = (bytes: Uint8Array, session: ProtocolSession = {}) =>
  gt06.decode(session, { bytes, receivedAt: NOW });
const timesOf = (bytes: Uint8Array, session: ProtocolSession) =>
  decode(bytes, session).readings.map(({ observedAt }) => new Date(observedAt ?? 0).toISOString());

describe('the clock of a GT06 device', () => {
  const session = decode(LOGIN).session;

  it('is UTC where a live frame shows that', () => {
    expect(timesOf(gt06Frame('10', `${CLOCK_UTC} ${FIX}`), session)).toEqual(['2026-11-22T08:15:02.000Z']);
  });

  it('is that of the announced zone where a live frame shows that, also for what was stored', () => {
    const live = decode(gt06Frame('10', `${CLOCK_LOCAL} ${FIX}`), session);
    expect(live.readings[0]?.observedAt).toBe(NOW);
    const stored = gt06Frame('22', `1a0b160f0f02 ${FIX} 01cc 00 287d 001fb8 00 00 01`);
    expect(timesOf(stored, live.session)).toEqual(Array(2).fill('2026-11-22T07:15:02.000Z'));
  });

  it('stays what was seen where a frame fits neither', () => {
    expect(timesOf(gt06Frame('10', `1a0b15100f02 ${FIX}`), session)).toEqual(['2026-11-21T16:15:02.000Z']);
  });
});

describe('a GT06 session', () => {
  it('belongs to who logged in last', () => {
    const first = decode(LOGIN).session;
    const second = decode(gt06Frame('01', '0861234567890999'), first).session;
    expect(decode(gt06Frame('13', '40 04 04 0001'), second).nativeId).toBe('861234567890999');
  });

  it('has no id before the login', () => {
    expect(decode(gt06Frame('13', '60 04 04 0001'))).not.toHaveProperty('nativeId');
  });

  it('numbers frames so that the same one is told and two with one serial are not', () => {
    const sequences = ['40 04 04 0001', '40 04 04 0001', '60 04 04 0001'].map(
      (content) => decode(gt06Frame('13', content)).sequence,
    );
    expect(sequences[0]).toBe(sequences[1]);
    expect(sequences[2]).not.toBe(sequences[0]);
  });
});

describe('commands to a GT06 device', () => {
  const device = { nativeId: '861234567890123', session: {}, serial: 42 };
  const words = (command: DownlinkCommand) => {
    const encoded = gt06.encode?.(command, device);
    return encoded && Buffer.from(encoded.bytes.subarray(9, -6)).toString();
  };

  it('are text behind a length and our serial', () => {
    const encoded = gt06.encode?.({ kind: 'locate_now' }, device);
    const content = `0a 0000002a ${Buffer.from('WHERE#').toString('hex')}`;
    expect(Buffer.from(encoded?.bytes ?? [])).toEqual(gt06Frame('80', content, { serial: 42 }));
    const answer = decode(gt06Frame('15', `06 0000002a ${Buffer.from('OK').toString('hex')} 0002`));
    expect(answer.downlinkAnswer).toEqual({ command: encoded?.answeredBy, serial: '42', ok: true });
  });

  it.each<[DownlinkCommand, string | undefined]>([
    [{ kind: 'set_sos_numbers', numbers: ['13800000001', '13800000002'] }, 'SOS,A,13800000001,13800000002#'],
    [{ kind: 'set_interval', seconds: 60 }, 'TIMER,60,60#'],
    [{ kind: 'restart' }, 'RESET#'],
    [{ kind: 'measure', what: 'heart_rate' }, undefined],
    [{ kind: 'set_sos_numbers', numbers: ['\n'] }, undefined],
  ])('%j', (command, expected) => expect(words(command)).toBe(expected));
});

describe('what begins with 7878', () => {
  it('is GT06 where the checksum is right', () => {
    const proven = gt06Fixtures.filter(({ kind }) => kind !== 'malformed');
    for (const { name, bytes } of proven) expect(gt06.looksLike?.(bytes), name).toBe(3);
  });

  it('is Topin where it has none', () => {
    const sound = topinFixtures.filter(({ kind }) => kind !== 'malformed');
    for (const { name, bytes } of sound) {
      expect(topin.looksLike?.(bytes), name).toBe(2);
      expect(gt06.looksLike?.(bytes), name).toBeLessThan(2);
    }
  });

  it('is GT06 where the checksum is wrong and the length right', () => {
    const press = gt06Frame('19', '01cc 00 287d 001fb8 60 04 04 0101');
    press[press.length - 3] = (press.at(-3) ?? 0) ^ 0xff;
    expect([gt06, topin].map(({ looksLike }) => looksLike?.(press))).toEqual([2, 0]);
  });

  it('is neither where it is something else', () => {
    for (const other of ['[3G*1*0002*LK]', '', 'xx', '{"imei":"1"}']) {
      expect([gt06, topin].map(({ looksLike }) => looksLike?.(Buffer.from(other)))).toEqual([0, 0]);
    }
  });
});

describe('commands to a Topin device', () => {
  const hexOf = (command: DownlinkCommand) => {
    const encoded = topin.encode?.(command, { nativeId: '1', session: {}, serial: 1 });
    return encoded && [Buffer.from(encoded.bytes).toString('hex'), encoded.answeredBy];
  };

  it.each<[DownlinkCommand, [string, string] | undefined]>([
    [{ kind: 'locate_now' }, ['787801800d0a', '80']],
    [{ kind: 'set_interval', seconds: 600 }, ['7878039802580d0a', '98']],
    [{ kind: 'ring' }, ['78780249010d0a', '49']],
    [{ kind: 'restart' }, ['78780248020d0a', '48']],
    [{ kind: 'power_off' }, ['78780248010d0a', '48']],
    [{ kind: 'set_sos_numbers', numbers: ['138'] }, ['787804413133380d0a', '41']],
    [{ kind: 'set_sos_numbers', numbers: [] }, undefined],
    [{ kind: 'message', text: 'x' }, undefined],
  ])('%j', (command, expected) => expect(hexOf(command)).toEqual(expected));

  it('a frame whose content holds a line end is cut where its own counts say', () => {
    const wifi = Buffer.from('787801692611220815020d0a7878aaaa330101cc000d0a7878500d0a', 'hex');
    const heartbeat = Buffer.from('787801080d0a', 'hex');
    expect(topin.split?.(Buffer.concat([wifi, heartbeat]))).toMatchObject({
      frames: [wifi, heartbeat],
      discarded: 0,
    });
  });
});
