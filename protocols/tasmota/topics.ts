/**
 * Tasmota's topics: prefix (`tele`, `stat`, `cmnd`) and topic in either order (`FullTopic`), perhaps with levels of the operator's around them.
 * One device is known by the path that is left without the prefix: `tele/<path>` stands for it whatever the order.
 */
export type Branch = 'tele' | 'stat' | 'cmnd';

export interface Place {
  branch: Branch;
  /** `tasmota_9CF9D1`, or with the levels around it. */
  path: string;
  /** What follows: `SENSOR`, `POWER1`. */
  leaf: string;
  /** As Tasmota's `FullTopic` would say it: `%prefix%/tasmota_9CF9D1`. */
  fullTopic: string;
}

const BRANCH = /^(?:tele|stat|cmnd)$/;
const DISCOVERY = /^tasmota\/discovery\/([0-9A-F]{12})\/(config|sensors)$/i;
/** What no other program publishes below `tele` or `stat`. */
const LEAF =
  /^(?:LWT|STATE|SENSOR|RESULT|UPTIME|MARGINS|WARNING|HEARTBEAT|EVENT|LOGGING|INFO[1-3]|STATUS\d{0,2}|POWER(?:\d{1,2}|_LOW|_HIGH)?|SWITCH\d{1,2}|BUTTON\d{1,2}|(?:VOLTAGE|CURRENT)_(?:LOW|HIGH)|SHUTTER\d|TASMOTA)$/;

/** Where a message belongs; undefined for a topic without one of the three prefixes. */
export function placeOf(topic: string): Place | undefined {
  const levels = topic.split('/');
  const leaf = levels.pop() ?? '';
  const at = levels.findIndex((level) => BRANCH.test(level));
  if (at < 0 || levels.length < 2 || leaf === '' || levels.length > 12) return undefined;
  const path = levels.filter((_, i) => i !== at).join('/');
  const fullTopic = levels.map((level, i) => (i === at ? '%prefix%' : level)).join('/');
  return { branch: levels[at] as Branch, path, leaf, fullTopic };
}

/** The address in a discovery topic, and which of the two it is. */
export function discoveryOf(topic: string): { mac: string; kind: string } | undefined {
  const [, mac, kind] = DISCOVERY.exec(topic) ?? [];
  return mac === undefined || kind === undefined ? undefined : { mac: mac.toLowerCase(), kind };
}

export function defaultPrefix(nativeId: string): string {
  return `tele/${nativeId}`;
}

/** The device's topic, whichever way its prefix was written down. */
export function pathOf(prefix: string): string {
  return prefix
    .split('/')
    .filter((level) => !BRANCH.test(level) && !/^%/.test(level))
    .join('/');
}

export function guessPrefix(topic: string): string | undefined {
  if (topic.length > 512) return undefined;
  if (DISCOVERY.test(topic)) return 'tasmota/discovery';
  const place = placeOf(topic);
  if (!place || !(LEAF.test(place.leaf) || /tasmota/i.test(place.path))) return undefined;
  return `tele/${place.path}`;
}

/** Both orders, and the device's own discovery. */
export function covers(prefix: string, topic: string): boolean {
  return placeOf(topic)?.path === pathOf(prefix) || DISCOVERY.test(topic);
}

/** The last level: what Tasmota calls `Topic`. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
