import type { MapMarker, MarkerKind } from './marker.tsx';
import type { Point, Projection } from './projection.ts';

/** Markers that would cover each other, drawn as one. */
export interface Heap {
  key: string;
  at: Point;
  /** The most pressing first. */
  members: readonly MapMarker[];
}

/** How pressing a marker is: the first of a heap gives it its place and its looks. */
const order: readonly MarkerKind[] = [
  'ticketOver',
  'ticket',
  'worry',
  'gatewayDown',
  'sensorSilent',
  'silent',
  'calm',
  'sensor',
  'plain',
];
const rank = (kind: MarkerKind) => order.indexOf(kind);
/** People in need and whatever was chosen never vanish in a heap. */
const standsAlone = (marker: MapMarker) => rank(marker.kind) < 0 || marker.selected === true;

/**
 * Puts markers that are nearer to each other than `nearPx` into heaps. Where they are drawn, heaps are at least that far apart.
 * `unit`: metres that a pixel stands for.
 */
export function heapMarkers(
  markers: readonly MapMarker[],
  { projection, unit }: { projection: Projection; unit: number },
  nearPx = 34,
): Heap[] {
  const near = nearPx * unit;
  const placed = markers.map((marker) => ({ marker, at: projection.toPoint(marker) }));
  const alone = placed.filter(({ marker }) => standsAlone(marker));
  const crowd = placed
    .filter(({ marker }) => !standsAlone(marker))
    .sort((a, b) => rank(a.marker.kind) - rank(b.marker.kind));
  const heaps: { at: Point; members: MapMarker[] }[] = [];
  for (const { marker, at } of crowd) {
    const heap = heaps.find((one) => Math.hypot(one.at.x - at.x, one.at.y - at.y) < near);
    if (heap) heap.members.push(marker);
    else heaps.push({ at, members: [marker] });
  }
  return [
    ...heaps.map((heap) => ({ ...heap, key: heap.members[0]?.key ?? '' })),
    ...alone.map(({ marker, at }) => ({ key: marker.key, at, members: [marker] })),
  ];
}
