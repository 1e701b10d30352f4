import type { Memory } from './session.ts';
import { own, taughtOf } from './session.ts';

/** What a topic below a base is about. `name` is a friendly name, which may contain slashes. */
export type Place =
  | { kind: 'bridge'; base: string; path: string }
  | { kind: 'availability' | 'state' | 'down'; base: string; name: string }
  | { kind: 'attribute'; base: string; name: string; key: string };

const DOWN = /^(.+)\/(?:set|get)(?:\/[^/]+)?$/;
const BRIDGE =
  /^(.+?)\/bridge\/(?:state|info|devices|groups|definitions|event|logging|health|log|config|extensions|converters|re(?:quest|sponse)\/.+)$/;

/** The base of a topic that nobody registered: what stands before `/bridge/`, else what was taught, else the first level. */
export function guessBase(topic: string, taught = ''): string {
  const [, told] = BRIDGE.exec(topic) ?? [];
  if (told !== undefined) return told;
  if (taught !== '' && topic.startsWith(`${taught}/`)) return taught;
  return topic.split('/', 1)[0] ?? '';
}

/** The base where a topic shows by itself that it is one of Zigbee2MQTT. */
export function guessPrefix(topic: string): string | undefined {
  return topic.startsWith('zigbee2mqtt/') || BRIDGE.test(topic) ? guessBase(topic) : undefined;
}

/** The longest friendly name that the path begins with, and the property that follows. */
function splitKnown(path: string, memory: Memory): { name: string; key: string } | undefined {
  const { devices } = taughtOf(memory);
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const name = path.slice(0, at);
    if (own(devices, name)) return { name, key: path.slice(at + 1) };
  }
  return undefined;
}

/** Where a message belongs; undefined for a topic that is not below the base. */
export function placeOf(topic: string, base: string, memory: Memory): Place | undefined {
  if (!topic.startsWith(`${base}/`) || topic.length === base.length + 1) return undefined;
  const path = topic.slice(base.length + 1);
  if (path.startsWith('bridge/')) return { kind: 'bridge', base, path: path.slice('bridge/'.length) };
  if (own(taughtOf(memory).devices, path)) return { kind: 'state', base, name: path };
  if (path.endsWith('/availability')) {
    return { kind: 'availability', base, name: path.slice(0, -'/availability'.length) };
  }
  const [, target] = DOWN.exec(path) ?? [];
  if (target !== undefined) return { kind: 'down', base, name: target };
  const known = splitKnown(path, memory);
  if (known) return { kind: 'attribute', base, ...known };
  return { kind: 'state', base, name: path };
}
