/**
 * The number of a band without the signs with which people copy it: an IMEI has 15 digits, the short id of some bands 10, a number by its
 * card 11 or 12; pendants have letters too. Digits of another length are a number that somebody mistyped. Undefined where it is none.
 */
export function cleanBandId(text: string): string | undefined {
  const id = text.replace(/[\s:.-]/g, '');
  if (/^\d+$/.test(id)) return [10, 11, 12, 15].includes(id.length) ? id : undefined;
  return /^[A-Za-z0-9]{6,32}$/.test(id) ? id : undefined;
}
