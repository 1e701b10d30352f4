import type { Protocol } from '../src/model/uplinks.ts';
import { b2316 } from './b2316/b2316.ts';
import { chirpstack } from './chirpstack/chirpstack.ts';
import { ctwing } from './ctwing/ctwing.ts';
import { dlt645 } from './dlt645/dlt645.ts';
import { eelink } from './eelink/eelink.ts';
import { ev07b } from './ev07b/ev07b.ts';
import { eviewText } from './eview-text/eview-text.ts';
import { g616 } from './g616/g616.ts';
import { gb26875 } from './gb26875/gb26875.ts';
import { gt06 } from './gt06/gt06.ts';
import { h02 } from './h02/h02.ts';
import { homeAssistant } from './home-assistant/home-assistant.ts';
import { iw } from './iw/iw.ts';
import { iwown } from './iwown/iwown.ts';
import { jt808 } from './jt808/jt808.ts';
import { megastek } from './megastek/megastek.ts';
import { modbusRtu } from './modbus-rtu/modbus-rtu.ts';
import { native } from './native/native.ts';
import { onenetPush } from './onenet-push/onenet-push.ts';
import { owntracks } from './owntracks/owntracks.ts';
import { pt60 } from './pt60/pt60.ts';
import { r16h } from './r16h/r16h.ts';
import { shelly } from './shelly/shelly.ts';
import { sparkplug } from './sparkplug/sparkplug.ts';
import { tasmota } from './tasmota/tasmota.ts';
import { thingModel } from './thing-model/thing-model.ts';
import { topin } from './topin/topin.ts';
import { tts } from './tts/tts.ts';
import { aiqiangua } from './vendor-push/aiqiangua.ts';
import { eldercareHub } from './vendor-push/eldercare-hub.ts';
import { jjt } from './vendor-push/jjt.ts';
import { watch } from './watch/watch.ts';
import { wonlex } from './wonlex/wonlex.ts';
import { xexun2 } from './xexun2/xexun2.ts';
import { xexun3 } from './xexun3/xexun3.ts';
import { zigbee2mqtt } from './zigbee2mqtt/zigbee2mqtt.ts';

/** Every device language that GridGuard speaks. An entry with `tcp` gets a listener, one with `mqttTopic` its topics. */
export const protocols: readonly Protocol[] = [
  native,
  watch,
  zigbee2mqtt,
  gb26875,
  dlt645,
  modbusRtu,
  sparkplug,
  iw,
  megastek,
  pt60,
  r16h,
  shelly,
  tasmota,
  chirpstack,
  tts,
  jt808,
  ev07b,
  eviewText,
  xexun2,
  xexun3,
  gt06,
  topin,
  h02,
  eelink,
  b2316,
  wonlex,
  ctwing,
  g616,
  iwown,
  onenetPush,
  owntracks,
  thingModel,
  jjt,
  aiqiangua,
  eldercareHub,
  homeAssistant,
];

/** By its name, or by another that it goes by. */
export function protocolByName(name: string): Protocol | undefined {
  return protocols.find((protocol) => protocol.name === name || protocol.alsoCalled?.includes(name));
}

/** Whose topic it is, which device's, and in which direction messages go on it. */
export interface TopicMatch {
  protocol: Protocol;
  nativeId: string;
  direction: 'up' | 'down';
}

const NATIVE_ID = /^[\w.:-]{1,64}$/;

interface Pattern {
  protocol: Protocol;
  direction: 'up' | 'down';
  before: string;
  after: string;
}

function patternOf(protocol: Protocol, direction: 'up' | 'down', filter: string | undefined): Pattern[] {
  const [before, after] = filter?.split('+') ?? [];
  return before === undefined || after === undefined ? [] : [{ protocol, direction, before, after }];
}

const patterns: readonly Pattern[] = protocols.flatMap((protocol) => [
  ...patternOf(protocol, 'up', protocol.mqttTopic),
  ...patternOf(protocol, 'down', protocol.mqttDownTopic),
]);

/** Finds the protocol and device of an MQTT topic; undefined where no protocol speaks on it. */
export function matchTopic(topic: string): TopicMatch | undefined {
  for (const { protocol, direction, before, after } of patterns) {
    if (!topic.startsWith(before) || !topic.endsWith(after)) continue;
    const nativeId = topic.slice(before.length, topic.length - after.length);
    if (NATIVE_ID.test(nativeId)) return { protocol, nativeId, direction };
  }
  return undefined;
}

/** The protocol that a topic suggests, for whoever knows no device. */
export function guessProtocol(topic: string): Protocol | undefined {
  return (
    matchTopic(topic)?.protocol ?? protocols.find(({ gateway }) => gateway?.guessPrefix(topic) !== undefined)
  );
}
