import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolygon } from '../../src/people/polygon.ts';

const polygon = (...rings: unknown[]) => ({ type: 'Polygon', coordinates: rings });
const square = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
  [0, 0],
];
const hole = [
  [1, 1],
  [2, 1],
  [2, 2],
  [1, 1],
];

describe('a polygon', () => {
  it.each([
    ['a square', polygon(square)],
    ['one with a hole', polygon(square, hole)],
    [
      'two apart',
      { type: 'MultiPolygon', coordinates: [[square], [hole.map(([x, y]) => [(x ?? 0) + 9, y])]] },
    ],
    [
      'a triangle',
      polygon([
        [0, 0],
        [2, 0],
        [1, 1],
        [0, 0],
      ]),
    ],
    [
      'one with a corner twice in a row',
      polygon([
        [0, 0],
        [0, 0],
        [2, 0],
        [1, 1],
        [0, 0],
      ]),
    ],
    [
      'one that narrows to a line of sight',
      polygon([
        [0, 0],
        [4, 0],
        [4, 4],
        [2, 0.001],
        [0, 4],
        [0, 0],
      ]),
    ],
  ])('may be %s', (_name, given) => expect(readPolygon(given)).toHaveProperty('coordinates'));

  it('loses heights and keeps its corners', () => {
    const high = square.map(([x, y]) => [x, y, 30]);
    expect(readPolygon(polygon(high))).toEqual({ type: 'Polygon', coordinates: [square] });
  });

  it.each([
    ['POLYGON_BROKEN', { type: 'Point', coordinates: [0, 0] }],
    ['POLYGON_BROKEN', { type: 'Polygon', coordinates: [] }],
    ['POLYGON_BROKEN', { type: 'MultiPolygon', coordinates: [] }],
    ['POLYGON_BROKEN', { type: 'MultiPolygon', coordinates: [[]] }],
    ['POLYGON_BROKEN', { type: 'Polygon', coordinates: null }],
    [
      'POLYGON_BROKEN',
      polygon([
        [0, 0],
        [1, '1'],
        [1, 0],
        [0, 0],
      ]),
    ],
    ['POLYGON_BROKEN', polygon('x')],
    [
      'POLYGON_OUT_OF_RANGE',
      polygon([
        [30, 114],
        [31, 114],
        [31, 115],
        [30, 114],
      ]),
    ],
    [
      'POLYGON_OUT_OF_RANGE',
      polygon([
        [0, 0],
        [Number.NaN, 1],
        [1, 0],
        [0, 0],
      ]),
    ],
    [
      'POLYGON_NOT_CLOSED',
      polygon([
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ]),
    ],
    ['POLYGON_NOT_CLOSED', polygon([])],
    [
      'POLYGON_TOO_SMALL',
      polygon([
        [0, 0],
        [1, 0],
        [0, 0],
      ]),
    ],
    [
      'POLYGON_TOO_SMALL',
      polygon([
        [0, 0],
        [1, 1],
        [2, 2],
        [0, 0],
      ]),
    ],
    [
      'POLYGON_CROSSES_ITSELF',
      polygon([
        [0, 0],
        [4, 4],
        [4, 0],
        [0, 4],
        [0, 0],
      ]),
    ],
    [
      'POLYGON_CROSSES_ITSELF',
      polygon([
        [0, 0],
        [4, 0],
        [2, 0],
        [2, 3],
        [0, 0],
      ]),
    ],
    [
      'POLYGON_CROSSES_ITSELF',
      polygon([
        [0, 0],
        [4, 0],
        [4, 4],
        [2, 0],
        [0, 4],
        [0, 0],
      ]),
    ],
    [
      'POLYGON_CROSSES_ITSELF',
      polygon(square, [
        [3, 3],
        [5, 3],
        [3, 3.5],
        [3, 3],
      ]),
    ],
    ['POLYGON_TOO_MANY_POINTS', polygon([...circle(5001), circle(5001)[0]])],
  ])('is refused as %s', (fault, given) => expect(readPolygon(given)).toBe(fault));

  it('of thousands of points is read quickly', () => {
    const ring = circle(4900);
    expect(readPolygon(polygon([...ring, ring[0]]))).toHaveProperty('coordinates');
  });

  it('that is a star is whole, and crosses itself once two corners change places', () => {
    const radii = fc.array(fc.double({ min: 1, max: 50, noNaN: true }), { minLength: 5, maxLength: 30 });
    fc.assert(
      fc.property(radii, (lengths) => {
        const ring = lengths.map((r, i) => around(r, i / lengths.length));
        expect(readPolygon(polygon([...ring, ring[0]]))).toHaveProperty('coordinates');
      }),
    );
    const five = circle(5);
    const [a, b, c, d, e] = five;
    expect(readPolygon(polygon([a, c, b, d, e, a]))).toBe('POLYGON_CROSSES_ITSELF');
  });
});

function around(radius: number, turn: number): [number, number] {
  return [radius * Math.cos(turn * 2 * Math.PI), radius * Math.sin(turn * 2 * Math.PI)];
}
function circle(points: number): [number, number][] {
  return Array.from({ length: points }, (_, i) => around(10, i / points));
}
