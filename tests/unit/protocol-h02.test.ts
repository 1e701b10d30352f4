import { describe, expect, it } from 'vitest';
import { h02 } from '../../protocols/h02/h02.ts';
import type { DownlinkCommand } from '../../src/model/uplinks.ts';
import { h02Fixtures } from '../fixtures/h02.ts';

const SHORT = Buffer.from('2486123456780815022211263023400006114528000e001093fffffbffff1f21', 'hex');
const LONG = Buffer.from(
  '248612345678081502221126302340000611452800 0e001093fffffbffff001f080000000001cc002871a03d21'.replace(
    ' ',
    '',
  ),
  'hex',
);
const TEXT = Buffer.from('*HQ,8612345678,V0#');
const split = (...parts: Buffer[]) =>
  h02.split?.(Buffer.concat(parts)) ?? { frames: [], rest: TEXT, discarded: 0 };

describe('a stream of H02 frames', () => {
  it('has short and long records and sentences behind one another', () => {
    const { frames, rest, discarded } = split(SHORT, LONG, TEXT, SHORT, SHORT);
    expect(frames).toEqual([SHORT, LONG, TEXT, SHORT, SHORT]);
    expect([rest.length, discarded]).toEqual([0, 0]);
  });

  it('waits for the end of a long record', () => {
    expect(split(LONG.subarray(0, 32))).toMatchObject({ frames: [], discarded: 0 });
    expect(split(SHORT).frames).toEqual([SHORT]);
  });

  it('gives a sentence that lost its end when the next begins', () => {
    const cut = Buffer.from('*HQ,8612345678,V1,081502,A');
    expect(split(cut, TEXT).frames).toEqual([cut, TEXT]);
  });

  it('takes stars and dollars that begin nothing for junk', () => {
    expect(split(Buffer.from('*$*x'), TEXT)).toMatchObject({ frames: [TEXT], discarded: 4 });
  });
});

describe('commands to an H02 device', () => {
  const text = (command: DownlinkCommand, session = {}) => {
    const encoded = h02.encode?.(command, { nativeId: '8612345678', session, serial: 3723 });
    return encoded && `${Buffer.from(encoded.bytes)} ${encoded.answeredBy}`;
  };

  it.each<[DownlinkCommand, string | undefined]>([
    [{ kind: 'locate_now' }, '*HQ,8612345678,D1,010203,10,1# D1'],
    [{ kind: 'set_interval', seconds: 60 }, '*HQ,8612345678,S71,010203,22,60# S71'],
    [{ kind: 'restart' }, '*HQ,8612345678,R1,010203# R1'],
    [{ kind: 'ring' }, undefined],
  ])('%j', (command, expected) => expect(text(command)).toBe(expected));

  it('name the maker that the device names', () => {
    const { session } = h02.decode({}, { bytes: Buffer.from('*TH,8612345678,V0#'), receivedAt: 0 });
    expect(text({ kind: 'restart' }, session)).toBe('*TH,8612345678,R1,010203# R1');
  });

  it('are acknowledged by their name', () => {
    const bytes = Buffer.from('*HQ,8612345678,V4,S71,010203,ok#');
    expect(h02.decode({}, { bytes, receivedAt: 0 }).downlinkAnswer).toEqual({ command: 'S71', ok: true });
  });
});

describe('what looks like H02', () => {
  it('is what has its form', () => {
    for (const { name, bytes, kind } of h02Fixtures)
      if (kind !== 'malformed') expect(h02.looksLike?.(bytes), name).toBe(2);
    for (const other of ['*', '$GPRMC,081502,A,3023.4,N', '[3G*8612345678*0002*LK]', '']) {
      expect(h02.looksLike?.(Buffer.from(other)), other).toBe(0);
    }
  });
});
