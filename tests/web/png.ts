import { crc32, deflateSync } from 'node:zlib';

/** A QR code that says `IMEI:861234567890127`. */
const QR = `
#######.#..###..#.#######
#.....#...##......#.....#
#.###.#.#.#..#.##.#.###.#
#.###.#...#..#..#.#.###.#
#.###.#..###.#..#.#.###.#
#.....#.###.##..#.#.....#
#######.#.#.#.#.#.#######
.........##.#............
#.#...##.##.#.#....#..#.#
.####..##.....##.##..#...
##...####.#....#####..#.#
#.##.#.#..##..#..##..#.#.
#...#####.##.##..##..##..
.#####....#..#.#.##...#..
########.#.#...#..#.#.#.#
........##...#.##......#.
###..#########.######..#.
........#...#..##...#.#..
#######.#...###.#.#.##..#
#.....#...###.#.#...#....
#.###.#..##..########...#
#.###.#..##..##.#..##.##.
#.###.#.#..#....#..######
#.....#......#.###..#....
#######.#..###.##.#.#...#`
  .trim()
  .split('\n');
const QUIET = 4;
const MODULE = 6;

/** A photo of a label with that code. */
export function qrPhoto(): Buffer {
  const size = (QR.length + 2 * QUIET) * MODULE;
  const isDark = (x: number, y: number) =>
    QR[Math.floor(y / MODULE) - QUIET]?.[Math.floor(x / MODULE) - QUIET] === '#';
  return png(size, size, (x, y) => (isDark(x, y) ? 0 : 0xff));
}

/** A picture as a camera might give it: one colour, with a text in its header that says where it was taken. */
export function pngPhoto(width: number, height: number, secret: string): Buffer {
  return png(width, height, () => 0x7f, [chunk('tEXt', Buffer.from(`Location\0${secret}`, 'latin1'))]);
}

function png(
  width: number,
  height: number,
  grey: (x: number, y: number) => number,
  between: readonly Buffer[] = [],
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8);
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.from([0, ...Array.from({ length: width }, (_, x) => grey(x, y))]),
  );
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...between,
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** Width and height of a JPEG, by the first frame header in it. */
export function jpegSize(bytes: Buffer): { width: number; height: number } | undefined {
  if (bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = bytes.readUInt16BE(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffc3;
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
