/** Switching by setting a property, in the words of each cloud. */
import type { DownlinkCommand, EncodedDownlink, ProtocolSession } from '../../src/model/uplinks.ts';
import type { JsonObject } from '../sink.ts';
import { type Known, knownOf, type Switch } from './memory.ts';
import { placeOf } from './topics.ts';

interface Target {
  nativeId: string;
  session: ProtocolSession;
  serial: number;
}

function switchOf({ switches = [] }: Known, channel: string | undefined): Switch | undefined {
  const fitting = switches.filter((one) => channel === undefined || one.channel === channel);
  return fitting.find(({ property }) => /switch|开关/i.test(property)) ?? fitting[0];
}

interface Message {
  topic: string;
  body: JsonObject;
  answeredBy: string;
}

function message(
  known: Known,
  { nativeId, serial }: Target,
  { property, service, value }: { property: string; service: string | undefined; value: unknown },
): Message | undefined {
  const { profile, prefix, behind } = known;
  const id = String(serial);
  const params = { [property]: value };
  switch (profile) {
    case 'onenet':
      return behind
        ? undefined
        : {
            topic: `${prefix}/thing/property/set`,
            body: { id, version: '1.0', params },
            answeredBy: 'property/set',
          };
    case 'alink':
      if (behind || !prefix.startsWith('/sys/')) return undefined;
      return {
        topic: `${prefix}/thing/service/property/set`,
        body: { id, version: '1.0', params, method: 'thing.service.property.set' },
        answeredBy: 'property/set',
      };
    case 'tuyalink':
      return {
        topic: `tylink/${nativeId}/thing/property/set`,
        body: { msgId: id, data: params },
        answeredBy: 'property/set',
      };
    case 'iotda': {
      const object = behind ? { object_device_id: nativeId } : {};
      const body = {
        ...object,
        services: [{ ...(service === undefined ? {} : { service_id: service }), properties: params }],
      };
      return { topic: `${prefix}/sys/properties/set/request_id=${id}`, body, answeredBy: 'properties/set' };
    }
    case 'tencent': {
      const [, product = '', device = ''] = prefix.split('/');
      const body = { method: 'control', clientToken: id, params };
      return behind
        ? undefined
        : { topic: `$thing/down/property/${product}/${device}`, body, answeredBy: 'control' };
    }
    default:
      return undefined;
  }
}

/** A device that has never told which property is its switch cannot be switched; nothing else can be said in these languages. */
export function encode(command: DownlinkCommand, target: Target): EncodedDownlink | undefined {
  if (command.kind !== 'switch') return undefined;
  const known = knownOf(target.session, target.nativeId);
  const found = known && switchOf(known, command.channel);
  if (!known || !found) return undefined;
  const { property, service, signal, channel } = found;
  const said = message(known, target, { property, service, value: command.on ? found.on : found.off });
  if (!said || (known.prefix !== 'none' && known.profile !== 'tuyalink' && !placeOf(said.topic)))
    return undefined;
  const closed = signal === 'valve_position' ? !command.on : command.on;
  return {
    bytes: Buffer.from(JSON.stringify(said.body)),
    topic: said.topic,
    answeredBy: said.answeredBy,
    confirmedBy: { signal, ...(channel === undefined ? {} : { channel }), value: closed ? 'closed' : 'open' },
  };
}
