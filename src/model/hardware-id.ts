/** Pairs of digits with one sign between them: a MAC address, an EUI-64. */
const PAIRED = /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4,6}[0-9a-f]{2}$/;
const HEXADECIMAL = /^(?:0x)?([0-9a-f]{12}|[0-9a-f]{16})$/;
const IMEI = /^\d{15}$/;

/**
 * What one physical unit is known by in whatever language it speaks: the 12 or 16 hexadecimal digits of a MAC address or EUI-64, or the 15
 * digits of an IMEI, where a native id is or ends with one (`0x00158d0001a2b3c4`, `shellyplus1-a8032ab12345`). Undefined where it tells none:
 * twelve or sixteen decimal digits alone are a number of the vendor.
 */
export function hardwareIdOf(nativeId: string): string | undefined {
  const id = nativeId.toLowerCase();
  const last = id.slice(id.search(/[^-_./ ]+$/));
  const digits = PAIRED.test(id) ? id.replace(/[:-]/g, '') : digitsOf(last);
  return digits === undefined || /^(.)\1+$/.test(digits) ? undefined : digits;
}

function digitsOf(token: string): string | undefined {
  if (IMEI.test(token)) return token;
  const [, digits] = HEXADECIMAL.exec(token) ?? [];
  return digits !== undefined && (token.startsWith('0x') || /[a-f]/.test(digits)) ? digits : undefined;
}
