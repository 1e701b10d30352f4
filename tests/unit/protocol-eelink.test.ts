import { describe, expect, it } from 'vitest';
import { eelink } from '../../protocols/eelink/eelink.ts';
import type { DownlinkCommand, ProtocolSession } from '../../src/model/uplinks.ts';
import { eelinkDatagram, eelinkFixtures, eelinkPackage } from '../fixtures/eelink.ts';

const heartbeat = Buffer.from(eelinkPackage('03', '0001'), 'hex');
const datagram = eelinkDatagram([eelinkPackage('03', '0001')]);
const decode = (bytes: Uint8Array, session: ProtocolSession = {}) =>
  eelink.decode(session, { bytes, receivedAt: 0 });
const split = (...parts: Buffer[]) =>
  eelink.split?.(Buffer.concat(parts)) ?? { frames: [], rest: datagram, discarded: 0 };

describe('a stream of Eelink packages', () => {
  it('gives packages one by one, and those of a datagram together', () => {
    expect(split(heartbeat, datagram, heartbeat)).toMatchObject({
      frames: [heartbeat, datagram, heartbeat],
      discarded: 0,
    });
  });

  it('takes a datagram that lost its mark for one', () => {
    const bare = datagram.subarray(2);
    expect(split(bare).frames).toEqual([bare]);
    expect(decode(bare).nativeId).toBe('861234567890123');
  });

  it('finds the next package behind one whose length is untrue', () => {
    const untrue = Buffer.from('676712 0fff 0007'.replaceAll(' ', ''), 'hex');
    expect(split(untrue, heartbeat).frames).toEqual([heartbeat]);
  });

  it('does not take the packages of a datagram that still arrives for its own', () => {
    const two = eelinkDatagram([eelinkPackage('03', '0001'), eelinkPackage('03', '0001')]);
    expect(split(two.subarray(0, -3))).toMatchObject({ frames: [], discarded: 0 });
  });
});

describe('commands to an Eelink device', () => {
  const id = '861234567890123';
  const encode = (command: DownlinkCommand, session: ProtocolSession = {}) =>
    eelink.encode?.(command, { nativeId: id, session, serial: 42 });
  const where = eelinkPackage('80', `01 0000002a ${Buffer.from('WHERE#').toString('hex')}`, 42);

  it('are instructions that bear our serial, which the answer repeats', () => {
    const encoded = encode({ kind: 'locate_now' });
    expect(Buffer.from(encoded?.bytes ?? []).toString('hex')).toBe(where);
    const answer = decode(
      Buffer.from(eelinkPackage('80', `01 0000002a ${Buffer.from('OK').toString('hex')}`), 'hex'),
    );
    expect(answer.downlinkAnswer).toEqual({ command: encoded?.answeredBy, serial: '42', ok: true });
    expect(answer.replies).toEqual([]);
  });

  it('go in a datagram to a device that speaks so', () => {
    const { session } = decode(datagram);
    expect(Buffer.from(encode({ kind: 'locate_now' }, session)?.bytes ?? [])).toEqual(
      eelinkDatagram([where]),
    );
  });

  it.each<[DownlinkCommand, string | undefined]>([
    [{ kind: 'restart' }, 'RESET#'],
    [{ kind: 'power_off' }, 'SHUTDOWN#'],
    [{ kind: 'message', text: 'x' }, undefined],
  ])('%j', (command, expected) => {
    const encoded = encode(command);
    expect(encoded && Buffer.from(encoded.bytes.subarray(12)).toString()).toBe(expected);
  });
});

describe('what looks like Eelink', () => {
  it('is proven by the checksum of a datagram, else told by its form', () => {
    expect(eelink.looksLike?.(datagram)).toBe(3);
    for (const { name, bytes, kind } of eelinkFixtures) {
      if (kind !== 'malformed') expect(eelink.looksLike?.(bytes), name).toBeGreaterThanOrEqual(2);
    }
    for (const other of ['', 'gg', 'EL', '[3G*1*0002*LK]'])
      expect(eelink.looksLike?.(Buffer.from(other))).toBeLessThan(2);
  });
});
