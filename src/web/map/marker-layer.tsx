import { useMemo } from 'react';
import { heapMarkers } from './cluster.ts';
import { HeapMark, type MapMarker, Marker } from './marker.tsx';
import { type Box, boxOf, frame, type Point, type Projection } from './projection.ts';

interface MarkerLayerProps {
  markers: readonly MapMarker[];
  onMarker?: (key: string) => void;
  groupTitle?: (members: readonly MapMarker[]) => string;
  onGroup?: (members: readonly MapMarker[]) => void;
  view: Box;
  shape: number;
  scale: { projection: Projection; unit: number };
  onView: (view: Box) => void;
}

/** Closer than this the picture does not go: what is still heaped then stands at one place. */
const CLOSEST_M = 90;

/** The markers, heaped where they would cover each other. */
export function MarkerLayer(props: MarkerLayerProps) {
  const { markers, onMarker, groupTitle, onGroup, view, shape, scale, onView } = props;
  const { projection, unit } = scale;
  const heaps = useMemo(
    () => (groupTitle ? heapMarkers(markers, { projection, unit }) : undefined),
    [groupTitle, markers, projection, unit],
  );
  const single = (marker: MapMarker, at: Point) => (
    <Marker
      key={marker.key}
      marker={marker}
      at={at}
      unit={unit}
      {...(onMarker ? { onPress: () => onMarker(marker.key) } : {})}
    />
  );
  if (!heaps) return markers.map((marker) => single(marker, projection.toPoint(marker)));
  const look = (members: readonly MapMarker[]) => {
    const box = boxOf(members.map(projection.toPoint));
    const isOnePlace = !box || Math.max(box.maxX - box.minX, box.maxY - box.minY) < 8;
    if (isOnePlace || view.maxX - view.minX <= CLOSEST_M) onGroup?.(members);
    else onView(frame(box, shape, CLOSEST_M));
  };
  return heaps.map(({ key, at, members }) => {
    const [first, ...others] = members;
    if (!first) return null;
    if (others.length === 0) return single(first, at);
    return (
      <HeapMark
        key={`heap-${key}`}
        kind={first.kind}
        count={members.length}
        title={groupTitle?.(members) ?? ''}
        at={at}
        unit={unit}
        onPress={() => look(members)}
      />
    );
  });
}
