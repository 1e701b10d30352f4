/** The topics of Shelly devices. Gen2+: below `topic_prefix`, by default the device's id; Gen1: below `shellies/<id>`. */

/** The model and the address, or its last six digits: `shellypro4pm-f008d1d8b8b8`, `shellyplug-s-1AE8B2`. */
const ID = /^shelly[a-z0-9_-]*-[0-9a-f]{6,12}$/i;
const GEN1 =
  /^shelly(?:1|1l|1pm|switch|switch25|4pro|plug|plug-s|plug-u1|plug-e|em|em3|uni|ix3|button1|button2|flood|ht|smoke|gas|dw|dw2|motion|motionsensor|motion2|trv|sense|dimmer|dimmer2|dimmerw1|bulb|bulbduo|colorbulb|vintage|rgbw2)-[0-9a-f]{6,12}$/i;
/** What stands right behind the id. */
const BELOW_ID =
  /^(?:online|events|status|rpc|svc|command|relay|roller|light|white|color|emeter|emeter_n|meter|sensor|valve|input|input_event|longpush|announce|info|temperature|temperature_f|temperature_status|overtemperature|voltage|ext_\w+|adc|settings|debug)$/;
const COMPONENT =
  /^(.+)\/status\/(?:switch|cover|light|rgbw?|cct|input|em|em1|emdata|em1data|pm1|flood|smoke|devicepower|temperature|humidity|voltmeter):\d{1,3}$/;
const COMMON = /^shellies\/(?:announce|command)$/;

/** Whether a name is that of a Gen1 device, which has its own topics and knows no RPC. */
export function isGen1(id: string): boolean {
  return GEN1.test(id);
}

export function defaultPrefix(nativeId: string): string {
  return isGen1(nativeId) ? `shellies/${nativeId}` : nativeId;
}

function prefixById(topic: string): string | undefined {
  const levels = topic.split('/');
  const at = levels.findIndex((level, i) => ID.test(level) && BELOW_ID.test(levels[i + 1] ?? ''));
  return at < 0 ? undefined : levels.slice(0, at + 1).join('/');
}

/** The prefix where a topic shows by itself that a Shelly speaks on it; a discovery message of Home Assistant is none. */
export function guessPrefix(topic: string): string | undefined {
  if (topic.length > 512 || topic.endsWith('/config')) return undefined;
  if (COMMON.test(topic)) return 'shellies';
  const [, old] = /^(shellies\/[^/]+)\/./.exec(topic) ?? [];
  if (old !== undefined) return old;
  const [, announced] = /^(.+)\/events\/rpc$/.exec(topic) ?? COMPONENT.exec(topic) ?? [];
  return announced ?? prefixById(topic);
}

/** Below its prefix, and where all Gen1 devices meet. */
export function covers(prefix: string, topic: string): boolean {
  return topic.startsWith(`${prefix}/`) || COMMON.test(topic);
}

/** The last level of a prefix: the device's id, unless somebody chose another name. */
export function idOf(prefix: string): string {
  return prefix.slice(prefix.lastIndexOf('/') + 1);
}

/** Prefix and the path below it; undefined for a topic that none of them uses. */
export function placeOf(topic: string, prefix?: string): { prefix: string; path: string } | undefined {
  if (COMMON.test(topic)) return { prefix: prefix ?? 'shellies', path: idOf(topic) };
  const base = prefix !== undefined && topic.startsWith(`${prefix}/`) ? prefix : guessPrefix(topic);
  if (base === undefined || !topic.startsWith(`${base}/`)) return undefined;
  return { prefix: base, path: topic.slice(base.length + 1) };
}

/** The path of what is said to a device. */
export function isDownward(path: string): boolean {
  return path === 'rpc' || /(?:^|\/)(?:command|set)(?:\/|$)/.test(path);
}
