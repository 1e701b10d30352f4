/** The topics of five clouds' device side, by which a message tells its profile, its device and what it is about. */
export type ProfileName = 'onenet' | 'alink' | 'tuyalink' | 'iotda' | 'tencent' | 'ctwing';

export interface Place {
  profile: ProfileName;
  /** Absent where the topic does not tell it. */
  device: string | undefined;
  /** Product id or key where the topic has one. */
  product?: string;
  /** What follows the device: `thing/property/post`. */
  path: string;
  /** Up to the device. */
  prefix: string;
}

const ID = '([^/+#]{1,128})';
const SHAPES: readonly (readonly [ProfileName, RegExp])[] = [
  ['onenet', new RegExp(`^\\$sys/${ID}/${ID}/((?:thing|dp|cmd|custome|ota)/.+)$`)],
  ['alink', new RegExp(`^/(?:sys/|ext/session/)?${ID}/${ID}/(thing/.+)$`)],
  ['alink', new RegExp(`^/as/mqtt/(status)/${ID}/${ID}$`)],
  ['tuyalink', new RegExp(`^tylink/()${ID}/((?:thing|device|channel|ota)/.+)$`)],
  ['iotda', new RegExp(`^\\$oc/devices/()${ID}/(sys/.+)$`)],
  ['tencent', new RegExp(`^\\$thing/(up|down)/(property|event|action|service)/${ID}/${ID}$`)],
];
const CTWING =
  /^(?:data_report|event_report|signal_report|device_control|device_control_response|cmd_reply)$/;

const idText = (text: string | undefined) =>
  text !== undefined && /^[\w.:@-]{1,64}$/.test(text) ? text : undefined;

function placeIn(profile: ProfileName, topic: string, parts: readonly string[]): Place {
  const [first = '', second = '', third = '', fourth = ''] = parts;
  if (profile === 'tencent') {
    return {
      profile,
      product: third,
      device: idText(fourth),
      path: `${first}/${second}`,
      prefix: `$thing/${third}/${fourth}`,
    };
  }
  if (first === 'status' && topic.startsWith('/as/'))
    return {
      profile,
      product: second,
      device: idText(third),
      path: 'status',
      prefix: `/sys/${second}/${third}`,
    };
  return {
    profile,
    ...(first === '' ? {} : { product: first }),
    device: idText(second),
    path: third,
    prefix: topic.slice(0, topic.length - third.length - 1),
  };
}

/** Undefined for a topic of none of them. */
export function placeOf(topic: string): Place | undefined {
  for (const [profile, shape] of SHAPES) {
    const found = shape.exec(topic);
    if (found) return placeIn(profile, topic, found.slice(1));
  }
  return CTWING.test(topic)
    ? { profile: 'ctwing', device: undefined, path: topic, prefix: 'ctwing' }
    : undefined;
}

/** The prefix of the device that speaks; CTWing's topics have none, so nothing is guessed from them. */
export function guessPrefix(topic: string): string | undefined {
  const place = placeOf(topic);
  return place === undefined || place.profile === 'ctwing' ? undefined : place.prefix;
}

/** A prefix is registered without the slash with which the topics of Alink begin. */
const plain = (topic: string): string => topic.replace(/^\//, '');

/** A device's own topics, or, of a forwarder, those of all devices below its prefix. */
export function covers(prefix: string, topic: string): boolean {
  const place = placeOf(topic);
  if (place?.profile === 'ctwing') return prefix.startsWith('ctwing/');
  const spoken = `${plain(place?.prefix ?? topic)}${place ? '/' : ''}`;
  return spoken.startsWith(`${plain(prefix)}/`);
}
