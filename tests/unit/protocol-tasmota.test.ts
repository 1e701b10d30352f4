import { describe, expect, it } from 'vitest';
import { tasmota } from '../../protocols/tasmota/tasmota.ts';
import type { Decoded, DownlinkCommand, ProtocolSession } from '../../src/model/uplinks.ts';

const NAME = 'tasmota_9CF9D1';

class Device {
  session: ProtocolSession = {};

  say(topic: string, payload: unknown, claimedId?: string): Decoded {
    const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const decoded = tasmota.decode(this.session, {
      bytes,
      topic,
      receivedAt: 0,
      ...(claimedId ? { claimedId } : {}),
    });
    this.session = decoded.session;
    return decoded;
  }

  order(command: DownlinkCommand) {
    return tasmota.encode?.(command, {
      nativeId: NAME,
      session: this.session,
      serial: 1,
      topicPrefix: `tele/${NAME}`,
    });
  }
}

const told = ({ readings }: Decoded) =>
  readings.map(({ signal, channel, value }) =>
    [signal, channel, value].filter((part) => part !== undefined).join(' '),
  );

describe('topics in either order', () => {
  it.each([
    [`tele/${NAME}/SENSOR`, `tele/${NAME}`],
    [`stat/${NAME}/POWER1`, `tele/${NAME}`],
    [`${NAME}/tele/LWT`, `tele/${NAME}`],
    [`house/stat/${NAME}/RESULT`, `tele/house/${NAME}`],
    ['tele/pump/STATE', 'tele/pump'],
    ['tasmota/discovery/DC4F229CF9D1/config', 'tasmota/discovery'],
    ['tele/pump/whatever', undefined],
    ['zigbee2mqtt/pump', undefined],
  ])('%s suggests %s', (topic, prefix) => {
    expect(tasmota.gateway?.guessPrefix(topic)).toBe(prefix);
  });

  it('belong to the device that is registered by its topic, and to no other', () => {
    const covers = (topic: string) => tasmota.gateway?.covers?.(tasmota.gateway.defaultPrefix(NAME), topic);
    expect([`tele/${NAME}/SENSOR`, `${NAME}/stat/RESULT`, `cmnd/${NAME}/POWER`].map(covers)).toEqual([
      true,
      true,
      true,
    ]);
    expect([`tele/${NAME}x/SENSOR`, 'tele/other/STATE', `${NAME}/x`].map(covers)).toEqual([
      false,
      false,
      false,
    ]);
    expect(tasmota.gateway?.covers?.(`%prefix%/${NAME}`, `tele/${NAME}/SENSOR`)).toBe(true);
  });

  it('speaks as who logged in, whatever its topic', () => {
    expect(new Device().say('tele/pump/LWT', 'Online', 'pump-7').nativeId).toBe('pump-7');
  });
});

describe('inputs', () => {
  const rope = { Time: '2026-11-22T08:00:00', Switch1: 'ON' };

  it('are ropes, until the device turns out to switch something', () => {
    const device = new Device();
    expect(told(device.say(`tele/${NAME}/SENSOR`, rope))).toEqual(['water_leak 1 true']);
    device.say(`stat/${NAME}/POWER`, 'ON');
    expect(told(device.say(`tele/${NAME}/SENSOR`, rope))).toEqual([]);
  });

  it('are ropes beside a relay where a name says so', () => {
    const device = new Device();
    device.say('stat/leak_valve/POWER', 'ON');
    expect(told(device.say('tele/leak_valve/SENSOR', rope))).toEqual(['water_leak 1 true']);
    device.say('stat/waterheater/POWER', 'ON');
    expect(told(device.say('tele/waterheater/SENSOR', rope))).toEqual([]);
  });
});

describe('commands', () => {
  it('go the way on which the device speaks', () => {
    const device = new Device();
    expect(device.order({ kind: 'switch', on: true })).toMatchObject({ topic: `cmnd/${NAME}/POWER` });
    device.say(`house/${NAME}/tele/STATE`, { POWER1: 'ON', POWER2: 'OFF' });
    const sent = device.order({ kind: 'switch', on: false, channel: '2' });
    expect(sent).toMatchObject({
      topic: `house/${NAME}/cmnd/POWER2`,
      confirmedBy: { signal: 'breaker_position', channel: '2', value: 'open' },
    });
    expect(sent?.bytes.toString()).toBe('OFF');
    expect(device.order({ kind: 'switch', on: true })).toMatchObject({ topic: `house/${NAME}/cmnd/POWER1` });
  });

  it('are answered in RESULT', () => {
    const device = new Device();
    const sent = device.order({ kind: 'set_interval', seconds: 5 });
    expect(sent?.bytes.toString()).toBe('10');
    expect(device.say(`stat/${NAME}/RESULT`, { TelePeriod: 10 }).downlinkAnswer).toEqual({
      command: sent?.answeredBy,
      ok: true,
    });
    expect(device.order({ kind: 'restart' })).toMatchObject({
      topic: `cmnd/${NAME}/Restart`,
      answeredBy: 'Restart',
    });
    expect(device.order({ kind: 'locate_now' })).toBeUndefined();
  });
});
