/** GBK, in which Chinese terminals take text: the platform decodes it but does not encode it, so its decoder is turned around once. */

const LEAD = { from: 0x81, to: 0xfe };
const TRAIL = { from: 0x40, to: 0xfe };
const UNKNOWN = '?'.charCodeAt(0);

let known: ReadonlyMap<string, readonly [number, number]> | undefined;

function pairs(): ReadonlyMap<string, readonly [number, number]> {
  const decoder = new TextDecoder('gbk');
  const found = new Map<string, readonly [number, number]>();
  for (let lead = LEAD.from; lead <= LEAD.to; lead += 1) {
    for (let trail = TRAIL.from; trail <= TRAIL.to; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      const isOne = [...character].length === 1 && character !== '\ufffd';
      if (isOne && !found.has(character)) found.set(character, [lead, trail]);
    }
  }
  return found;
}

/** Text in GBK, cut at a whole character where it is longer than `maxBytes`; what GBK does not have becomes a question mark. */
export function gbk(text: string, maxBytes: number): Uint8Array {
  known ??= pairs();
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? UNKNOWN;
    const encoded = code < 0x80 ? [code] : (known.get(character) ?? [UNKNOWN]);
    if (bytes.length + encoded.length > maxBytes) break;
    bytes.push(...encoded);
  }
  return Uint8Array.from(bytes);
}
