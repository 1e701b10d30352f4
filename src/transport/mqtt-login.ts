import { secretMatches } from '../devices/credentials.ts';
import type { KnownDevice } from '../devices/device-store.ts';
import { gatewayPrefix, speaksOn } from '../devices/gateways.ts';
import type { Protocol } from '../model/uplinks.ts';

/** A device that may log in: which language it speaks, by what name, on which topics. */
export interface MqttLogin {
  protocol: string;
  language: Protocol;
  nativeId: string;
  /** Of a gateway: below which it speaks for itself and for what is behind it. */
  topicPrefix?: string;
  publishes(topic: string): boolean;
  /** May subscribe to these exactly or below. */
  subscribes(filter: string): boolean;
}

interface Doorkeeper {
  protocols: readonly Protocol[];
  registry: {
    find(protocol: string, spelling: string): Promise<KnownDevice | null>;
    findGateway(topic: string): Promise<KnownDevice | null>;
  };
}

/** The device with that id in any protocol that speaks on our broker, if the secret is its own. */
export async function loginOf(
  { protocols, registry }: Doorkeeper,
  username: string,
  password: Uint8Array,
): Promise<MqttLogin | null> {
  for (const protocol of protocols) {
    if (!protocol.mqttTopic && !protocol.gateway) continue;
    const device = await registry.find(protocol.name, username);
    if (!device?.secret || !secretMatches(password, device.secret)) continue;
    if (protocol.gateway && device.gatewayId !== undefined) continue;
    const { nativeId } = device;
    return { protocol: protocol.name, language: protocol, nativeId, ...rightsOf(protocol, device) };
  }
  return null;
}

/** Whether a gateway that is connected would still be let in with the same rights. All of them are known after one query. */
export async function mayStay(
  { registry }: Pick<Doorkeeper, 'registry'>,
  {
    language: protocol,
    nativeId,
    topicPrefix = '',
  }: Pick<MqttLogin, 'language' | 'nativeId' | 'topicPrefix'>,
): Promise<boolean> {
  const holder = await registry.findGateway(`${topicPrefix}/`);
  if (holder?.topicPrefix === topicPrefix)
    return holder.protocol === protocol.name && holder.nativeId === nativeId;
  const device = await registry.find(protocol.name, nativeId);
  if (!device || device.gatewayId !== undefined) return false;
  return rightsOf(protocol, device).topicPrefix === topicPrefix;
}

/** A device has one topic, a gateway all on which its protocol lets it speak. */
function rightsOf(
  protocol: Protocol,
  device: KnownDevice,
): Pick<MqttLogin, 'topicPrefix' | 'publishes' | 'subscribes'> {
  if (protocol.gateway) {
    const topicPrefix = device.topicPrefix ?? gatewayPrefix(protocol, device.nativeId);
    return {
      topicPrefix,
      publishes: (topic) => !/[+#]/.test(topic) && speaksOn(protocol, topicPrefix, topic),
      subscribes: (filter) => filter.startsWith(`${topicPrefix}/`) || speaksOn(protocol, topicPrefix, filter),
    };
  }
  const up = (protocol.mqttTopic ?? '').replace('+', device.nativeId);
  const own = up.slice(0, up.lastIndexOf('/') + 1);
  return { publishes: (topic) => topic === up, subscribes: (filter) => filter.startsWith(own) };
}
