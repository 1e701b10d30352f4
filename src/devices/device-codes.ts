/** What a label, a QR code or a box says of a device. */
export interface DeviceCode {
  kind: 'imei' | 'eui64' | 'mac' | 'other';
  /** As the device is registered: digits, or lower-case hex; of Zigbee with `0x` in front. */
  nativeId: string;
  /** The languages that devices with such a label speak; empty where it tells nothing. */
  protocols: readonly string[];
  /** Why it may have been misread, for the person who reads it off. */
  doubt?: 'check_digit';
}

const MOST_CHARACTERS = 1000;
/** TR005 of the LoRa Alliance: `LW:D0:<JoinEUI>:<DevEUI>:<ProfileID>…`, in older labels with other names in front. */
const LORAWAN = /^(?:LW:D\d|URN:DEV:LW|URN:LW:DP):([0-9A-F]{16})[:_]([0-9A-F]{16})(?:[:_]|$)/i;
/** An install code of Zigbee 3.0: `Z:<EUI-64>$I:<code>`, also as `…%Z:`. */
const ZIGBEE = /(?:^|[$%])Z:([0-9A-F]{16})(?:[$%]|$)/i;
/** A number behind a word for it, in text, JSON or an address. */
const NAMED =
  /(?:^|[?&{,;\s"'|])(imei|dev_?eui|eui|ieee(?:_?addr(?:ess)?)?|mac|sn|serial|device_?(?:id|no)|devid|id|编号|设备号)["']?\s*[:=：]\s*["']?([0-9A-Za-z:_.-]{6,64})/gi;

/**
 * Reads what a scanner or a person brings: an IMEI, the EUI of a LoRaWAN or Zigbee label, a MAC address, or an address or JSON in which one of
 * them stands. Undefined where no identity is in it, as in the codes that only lead to an app. Pure.
 */
export function readDeviceCode(text: string): DeviceCode | undefined {
  const given = text.slice(0, MOST_CHARACTERS).trim();
  const lorawan = LORAWAN.exec(given)?.[2];
  if (lorawan) return { kind: 'eui64', nativeId: lorawan.toLowerCase(), protocols: ['chirpstack', 'tts'] };
  const zigbee = ZIGBEE.exec(given)?.[1];
  if (zigbee) return { kind: 'eui64', nativeId: `0x${zigbee.toLowerCase()}`, protocols: ['zigbee2mqtt'] };
  const bare = identity(given);
  if (bare) return bare;
  const named = [...given.matchAll(NAMED)].map(([, word = '', value = '']) => ({
    word,
    code: identity(value),
    value,
  }));
  const sure = named.find(({ code }) => code)?.code;
  if (sure) return sure;
  const loose = /(?<!\d)\d{15}(?!\d)/.exec(given)?.[0];
  if (loose && hasCheckDigit(loose)) return identity(loose);
  const other = named.find(({ word }) => /^(?:sn|serial|device|devid|编号|设备号)/i.test(word))?.value;
  return other === undefined ? undefined : { kind: 'other', nativeId: other, protocols: [] };
}

function identity(text: string): DeviceCode | undefined {
  const zigbee = /^0x([0-9a-f]{16})$/i.exec(text)?.[1];
  if (zigbee) return { kind: 'eui64', nativeId: `0x${zigbee.toLowerCase()}`, protocols: ['zigbee2mqtt'] };
  const packed = text.replace(/[\s:.-]/g, '');
  if (/^\d{15}$/.test(packed))
    return {
      kind: 'imei',
      nativeId: packed,
      protocols: [],
      ...(hasCheckDigit(packed) ? {} : { doubt: 'check_digit' }),
    };
  if (/^[0-9a-f]{16}$/i.test(packed))
    return { kind: 'eui64', nativeId: packed.toLowerCase(), protocols: ['chirpstack', 'tts'] };
  if (/^[0-9a-f]{12}$/i.test(packed) && /[a-f:-]/i.test(text))
    return {
      kind: 'mac',
      nativeId: packed.toLowerCase(),
      protocols: ['shelly', 'tasmota', 'home_assistant'],
    };
  return undefined;
}

/** The last digit of an IMEI proves the others (Luhn, ISO/IEC 7812-1). */
function hasCheckDigit(digits: string): boolean {
  const sum = [...digits].reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
