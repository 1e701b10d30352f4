import type { GridLevel } from '../model/incidents.ts';
import type { DemoGrid } from './maoqi-grids.ts';

/** Corners of the grids, longitude first, WGS-84: the shore of the lake, two roads, and the southern edge. */
const corners = `
n0 114.92482 30.40376 | n1 114.93279 30.40357 | n2 114.94010 30.40428 | n3 114.94676 30.40462 | n4 114.95425 30.40444 | n5 114.96217 30.40362
a0 114.92504 30.39606 | a1 114.93217 30.39621 | a2 114.93454 30.39643 | a3 114.93989 30.39659 | a4 114.94376 30.39630 | a5 114.94780 30.39670
a6 114.95300 30.39657 | a7 114.95510 30.39688 | a8 114.96278 30.39629
b0 114.92536 30.38821 | b1 114.93376 30.38796 | b2 114.94346 30.38894 | b3 114.95263 30.38861 | b4 114.96274 30.38832
s0 114.92492 30.38118 | s1 114.93372 30.37974 | s2 114.94403 30.38147 | s3 114.95334 30.38015 | s4 114.96308 30.37931
`;

/** code | level | parent | name | corners, counter-clockwise */
const table = `
EZ-BH|street|EZ|滨湖街道（演示）|s0 s1 s2 s3 s4 b4 a8 n5 n4 n3 n2 n1 n0 a0 b0
EZ-BH-HB|community|EZ-BH|湖滨社区|a0 a1 a2 a3 a4 a5 a6 a7 a8 n5 n4 n3 n2 n1 n0
EZ-BH-HB-1|grid|EZ-BH-HB|湖滨第一网格（码头）|a0 a1 n1 n0
EZ-BH-HB-2|grid|EZ-BH-HB|湖滨第二网格（花园）|a1 a2 a3 n2 n1
EZ-BH-HB-3|grid|EZ-BH-HB|湖滨第三网格（学校）|a3 a4 a5 n3 n2
EZ-BH-HB-4|grid|EZ-BH-HB|湖滨第四网格（渔市）|a5 a6 a7 n4 n3
EZ-BH-HB-5|grid|EZ-BH-HB|湖滨第五网格（闸口）|a7 a8 n5 n4
EZ-BH-HT|community|EZ-BH|荷塘社区|b0 b1 b2 b3 b4 a8 a7 a6 a5 a4 a3 a2 a1 a0
EZ-BH-HT-1|grid|EZ-BH-HT|荷塘第一网格（西门）|b0 b1 a2 a1 a0
EZ-BH-HT-2|grid|EZ-BH-HT|荷塘第二网格（菜场）|b1 b2 a4 a3 a2
EZ-BH-HT-3|grid|EZ-BH-HT|荷塘第三网格（公园）|b2 b3 a6 a5 a4
EZ-BH-HT-4|grid|EZ-BH-HT|荷塘第四网格（东门）|b3 b4 a8 a7 a6
EZ-BH-YL|community|EZ-BH|银柳社区|s0 s1 s2 s3 s4 b4 b3 b2 b1 b0
EZ-BH-YL-1|grid|EZ-BH-YL|银柳第一网格（老厂）|s0 s1 b1 b0
EZ-BH-YL-2|grid|EZ-BH-YL|银柳第二网格（新苑）|s1 s2 b2 b1
EZ-BH-YL-3|grid|EZ-BH-YL|银柳第三网格（车站）|s2 s3 b3 b2
EZ-BH-YL-4|grid|EZ-BH-YL|银柳第四网格（南桥）|s3 s4 b4 b3
`;

type Corner = readonly [longitude: number, latitude: number];

const cornerOf: ReadonlyMap<string, Corner> = new Map(
  corners
    .trim()
    .split(/[|\n]/)
    .map((text) => {
      const [name = '', longitude, latitude] = text.trim().split(' ');
      return [name, [Number(longitude), Number(latitude)]];
    }),
);

/** The street Binhu with its three communities and thirteen grids, beside Maoqi's street in the same city. All lines are invented. */
export const binhuGrids: readonly DemoGrid[] = table
  .trim()
  .split('\n')
  .map((line) => {
    const [code = '', level, parent = '', name = '', names = ''] = line.split('|');
    const ring = names.split(' ').map((corner) => cornerOf.get(corner) ?? [Number.NaN, Number.NaN]);
    return {
      level: level as GridLevel,
      code,
      parent,
      name,
      ring: [...ring, ...ring.slice(0, 1)] as Corner[],
    };
  });
