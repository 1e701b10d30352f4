import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGridIndex, type Grid, type GridPolygon } from '../../src/people/grid-index.ts';

type Ring = [number, number][];
const box = (x0: number, y0: number, x1: number, y1: number): Ring => [
  [x0, y0],
  [x1, y0],
  [x1, y1],
  [x0, y1],
  [x0, y0],
];
const polygon = (...rings: Ring[]): GridPolygon => ({ type: 'Polygon', coordinates: rings });
const grid = (id: number, parentId: number | null, level: Grid['level'], shape: GridPolygon): Grid => ({
  id,
  parentId,
  level,
  name: `grid ${id}`,
  polygon: shape,
});
const at = (longitude: number, latitude: number) => ({ longitude, latitude });

const tree = [
  grid(1, null, 'city', polygon(box(0, 0, 10, 10))),
  grid(2, 1, 'street', polygon(box(0, 0, 8, 8))),
  grid(3, 2, 'community', polygon(box(0, 0, 6, 6))),
  grid(4, 3, 'grid', polygon(box(0, 0, 2, 4), box(0.5, 0.5, 1, 1))),
  grid(5, 3, 'grid', polygon(box(2, 0, 4, 4))),
  grid(6, 3, 'grid', {
    type: 'MultiPolygon',
    coordinates: [[box(5, 5, 6, 6)], [box(5, 0, 6, 1)]],
  }),
];
const index = buildGridIndex(tree);

describe('the grid of a point', () => {
  it.each([
    ['in a grid', 1.5, 2, 4],
    ['in another', 3, 3, 5],
    ['in a hole of a grid belongs to what lies above', 0.75, 0.75, 3],
    ['in the second part of a grid in parts', 5.5, 0.5, 6],
    ['in a community outside its grids', 4.5, 5, 3],
    ['in a street alone', 7, 7, 2],
    ['in the city alone', 9, 9, 1],
    ['outside everything', 11, 5, null],
    ['on the line between two grids belongs to the lower id', 2, 2, 4],
    ['on the edge of the city', 10, 10, 1],
  ])('%s', (_name, longitude, latitude, expected) => {
    expect(index.at(at(longitude, latitude))).toBe(expected);
  });

  it('is nowhere without grids, and a grid that is drawn wrongly hides no other', () => {
    expect(buildGridIndex([]).at(at(1, 1))).toBeNull();
    const broken = grid(9, 3, 'grid', polygon([]));
    expect(buildGridIndex([...tree, broken]).at(at(1.5, 2))).toBe(4);
  });

  it('is found among many as it is by looking at each', () => {
    const many = Array.from({ length: 400 }, (_, i) => {
      const [x, y] = [i % 20, Math.floor(i / 20)];
      return grid(i + 1, null, 'grid', polygon(box(x, y, x + 1, y + 1)));
    });
    const big = buildGridIndex(many);
    const coordinate = fc.double({ min: 0.01, max: 19.99, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, (x, y) => {
        fc.pre(x % 1 !== 0 && y % 1 !== 0);
        expect(big.at(at(x, y))).toBe(Math.floor(y) * 20 + Math.floor(x) + 1);
      }),
    );
  });
});

describe('the tree of grids', () => {
  it('leads upwards', () => {
    expect(index.chain(4)).toEqual([4, 3, 2, 1]);
    expect(index.chain(99)).toEqual([]);
    expect(index.ancestorAt(4, 'street')).toBe(2);
    expect(index.ancestorAt(1, 'street')).toBeNull();
  });

  it('that runs in a circle ends all the same', () => {
    const circle = [
      grid(1, 2, 'street', polygon(box(0, 0, 1, 1))),
      grid(2, 1, 'street', polygon(box(0, 0, 1, 1))),
    ];
    expect(buildGridIndex(circle).chain(1)).toEqual([1, 2]);
  });

  it('knows neighbours: those that touch first, then the others of the community', () => {
    expect(index.neighbours(4)).toEqual([5, 6]);
    expect(index.neighbours(99)).toEqual([]);
  });
});
