import { describe, expect, it } from 'vitest';
import { b2316 } from '../../protocols/b2316/b2316.ts';
import { wonlex } from '../../protocols/wonlex/wonlex.ts';
import type { DownlinkCommand, ProtocolSession } from '../../src/model/uplinks.ts';
import { b2316Fixtures } from '../fixtures/b2316.ts';
import { wonlexFixtures, wonlexFrame } from '../fixtures/wonlex.ts';

const IMEI = '861234567890123';
const message = { type: 'heartbeat', ident: 'a1', ref: 'w:update', imei: IMEI, data: {} };
const decode = (bytes: Uint8Array, session: ProtocolSession = {}) =>
  wonlex.decode(session, { bytes, receivedAt: 0 });

describe('commands to a Wonlex watch', () => {
  const encode = (command: DownlinkCommand, session: ProtocolSession = {}) =>
    wonlex.encode?.(command, { nativeId: IMEI, session, serial: 42 });
  const down = (type: string, data = {}) => ({ type, ident: '42', ref: 's:down', imei: IMEI, data });

  it.each<[DownlinkCommand, object | undefined]>([
    [{ kind: 'locate_now' }, down('dnLocation')],
    [{ kind: 'measure', what: 'heart_rate' }, down('dnHeartRate')],
    [{ kind: 'measure', what: 'blood_pressure' }, down('dnBP')],
    [{ kind: 'measure', what: 'spo2' }, down('dnBO')],
    [{ kind: 'measure', what: 'temperature' }, down('dnTemperature')],
    [{ kind: 'set_interval', seconds: 600 }, down('locationInterval', { intervalTime: 600 })],
    [{ kind: 'ring' }, undefined],
  ])('%j', (command, expected) => {
    const encoded = encode(command);
    expect(encoded && Buffer.from(encoded.bytes)).toEqual(expected && wonlexFrame(expected));
  });

  it('go bare to a watch on a WebSocket, and are acknowledged by type and ident', () => {
    const { session } = decode(Buffer.from(JSON.stringify(message)));
    const encoded = encode({ kind: 'measure', what: 'spo2' }, session);
    expect(JSON.parse(Buffer.from(encoded?.bytes ?? []).toString())).toEqual(down('dnBO'));
    const answer = decode(wonlexFrame({ ...down('dnBO'), ref: 'w:reply' }));
    expect(answer.downlinkAnswer).toEqual({ command: encoded?.answeredBy, serial: '42', ok: true });
    expect(answer.replies).toEqual([]);
  });
});

describe('a place of a Wonlex watch', () => {
  const placeOf = (data: object) => {
    const { readings } = decode(wonlexFrame({ ...message, type: 'upLocation', data }));
    return readings.find(({ signal }) => signal === 'location')?.value;
  };

  it.each([
    [{ lat: 30.39, lng: 114.88 }],
    [{ location: '114.88,30.39' }],
    [{ gps: { latitude: '30.39', longitude: '114.88' } }],
  ])('%j', (data) => expect(placeOf(data)).toEqual({ latitude: 30.39, longitude: 114.88, source: 'gps' }));

  it.each([
    [{ lat: 0, lng: 0 }],
    [{ lat: 30.39, lng: 114.88, valid: false }],
    [{ lat: 'x', lng: 'y' }],
    [{}],
  ])('none in %j', (data) => expect(placeOf(data)).toBeUndefined());

  it('is converted where it names a Chinese datum', () => {
    expect(placeOf({ lat: 30.39, lng: 114.88, coordType: 'gcj02' })).toMatchObject({
      latitude: expect.closeTo(30.3924, 2),
      longitude: expect.closeTo(114.8745, 2),
    });
  });
});

describe('JSON that looks like', () => {
  const sound = <T extends { kind: string }>(list: readonly T[]) =>
    list.filter(({ kind }) => kind !== 'malformed');

  it('Wonlex is told by its head or its keys', () => {
    for (const { name, bytes } of sound(wonlexFixtures)) expect(wonlex.looksLike?.(bytes), name).toBe(2);
    for (const { name, bytes } of b2316Fixtures) expect(wonlex.looksLike?.(bytes), name).toBe(0);
  });

  it('B2316 is told by its keys', () => {
    for (const { name, bytes } of sound(b2316Fixtures)) expect(b2316.looksLike?.(bytes), name).toBe(2);
    for (const { name, bytes } of wonlexFixtures) expect(b2316.looksLike?.(bytes), name).toBe(0);
    for (const other of ['{}', '{"imei":"861234567890123","data":{"tm":1}}', '[1]']) {
      expect(b2316.looksLike?.(Buffer.from(other)), other).toBe(0);
    }
  });
});
