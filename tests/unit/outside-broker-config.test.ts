import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';

describe('the settings of an outside broker', () => {
  it('are absent without an address, and have defaults with one', () => {
    expect(loadConfig({}).outsideBroker).toBeUndefined();
    expect(loadConfig({ MQTT_URL: 'mqtts://u:p@broker' }).outsideBroker).toEqual({
      url: 'mqtts://u:p@broker',
      topics: expect.arrayContaining(['zigbee2mqtt/#', 'gridguard/v1/+/up', 'spBv1.0/#', '$oc/#']),
      clientId: 'gridguard',
    });
  });

  it('take the password from a setting of its own, and several topics', () => {
    const { outsideBroker } = loadConfig({
      MQTT_URL: 'mqtt://gridguard@broker:1883',
      MQTT_PASSWORD: 'a/b',
      MQTT_TOPICS: ' $share/gg/zigbee2mqtt/# , home/+/up ',
      MQTT_CLIENT_ID: 'gg-2',
    });
    expect(outsideBroker).toEqual({
      url: 'mqtt://gridguard:a%2Fb@broker:1883',
      topics: ['$share/gg/zigbee2mqtt/#', 'home/+/up'],
      clientId: 'gg-2',
    });
  });

  it.each([
    ['MQTT_URL', 'http://broker', /MQTT_URL: must begin with mqtt:/],
    ['MQTT_URL', 'broker:1883', /MQTT_URL: must begin with mqtt:/],
    ['MQTT_URL', 'mqtt://', /MQTT_URL: /],
    ['MQTT_URL', 'nonsense', /MQTT_URL: /],
    ['MQTT_TOPICS', 'a/#/b', /MQTT_TOPICS.*: is no topic filter/],
    ['MQTT_TOPICS', 'a+/b', /is no topic filter/],
    ['MQTT_TOPICS', 'a,,b', /is no topic filter/],
    ['MQTT_TOPICS', '$share/gg/', /is no topic filter/],
  ])('that are wrong are told at once: %s=%s', (name, value, fault) => {
    expect(() => loadConfig({ MQTT_URL: 'mqtt://broker', [name]: value })).toThrow(fault);
  });
});
