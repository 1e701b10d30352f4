interface Crc16 {
  polynomial: number;
  start: number;
  end: number;
  reflected: boolean;
}

function tableOf({ polynomial, reflected }: Crc16): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = reflected ? byte : byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      if (reflected) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
      else crc = crc & 0x8000 ? ((crc << 1) ^ polynomial) & 0xffff : (crc << 1) & 0xffff;
    }
    return crc;
  });
}

function crc16(kind: Crc16): (bytes: Uint8Array) => number {
  const table = tableOf(kind);
  return (bytes) => {
    let crc = kind.start;
    for (const byte of bytes) {
      crc = kind.reflected
        ? (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0)
        : ((crc << 8) & 0xffff) ^ (table[(crc >>> 8) ^ byte] ?? 0);
    }
    return crc ^ kind.end;
  };
}

/** CRC-16/IBM-SDLC, also called CRC-ITU: 0x906E for "123456789". */
export const crcX25 = crc16({ polynomial: 0x8408, start: 0xffff, end: 0xffff, reflected: true });
/** 0x31C3 for "123456789". */
export const crcXmodem = crc16({ polynomial: 0x1021, start: 0, end: 0, reflected: false });
/** CRC-16/IBM-3740: 0x29B1 for "123456789". */
export const crcCcittFalse = crc16({ polynomial: 0x1021, start: 0xffff, end: 0, reflected: false });
/** 0x4B37 for "123456789"; sent with the low byte first. */
export const crcModbus = crc16({ polynomial: 0xa001, start: 0xffff, end: 0, reflected: true });

/** The sum of all bytes, modulo 65,536. */
export function sum16(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum + byte) & 0xffff, 0);
}

export function sum8(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);
}

export function xor8(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum ^ byte, 0);
}
