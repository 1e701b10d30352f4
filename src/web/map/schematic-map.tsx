import { type PointerEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import type { GridView } from '../../api/schemas.ts';
import type { Place } from '../core/position.ts';
import { GridShapes } from './grid-shapes.tsx';
import { MapControls } from './map-controls.tsx';
import { type MapMarker, Marker } from './marker.tsx';
import {
  type Box,
  boxOf,
  frame,
  type Point,
  type Projection,
  projectionAround,
  ringsOf,
} from './projection.ts';
import { useWidth } from './size.ts';

interface SchematicMapProps {
  grids: readonly GridView[];
  markers: readonly MapMarker[];
  /** What the picture shows, for those who do not see it. */
  label: string;
  /** The grid that stands out and that the picture is fitted to, together with the markers. */
  focusGridId?: number | undefined;
  /** Fit to everything that the grids cover instead of to the focus. */
  fitAll?: boolean;
  /** Width / height. */
  shape?: number;
  onPick?: (place: Place) => void;
  onMarker?: (key: string) => void;
  children?: ReactNode;
}

interface Drag {
  start: Point;
  view: Box;
  moved: boolean;
}

/** Our own picture of the grids: no tiles, nothing from outside. North is up. */
export function SchematicMap(props: SchematicMapProps) {
  const { grids, markers, label, shape = 4 / 3, onPick, onMarker } = props;
  const projection = useProjection(grids, markers);
  const fitted = useFit(props, projection, shape);
  const [moved, setMoved] = useState<Box | undefined>();
  const view = moved ?? fitted;
  const width = view.maxX - view.minX;
  const height = view.maxY - view.minY;
  const svg = useRef<SVGSVGElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const drag = useDrag({
    svg,
    view,
    setView: setMoved,
    ...(onPick ? { pick: (point) => onPick(projection.toPlace(point)) } : {}),
  });
  const zoom = (factor: number) => setMoved(zoomed(view, factor));
  const frameSize = useWidth(box);
  // Metres (an SVG unit) that a CSS pixel stands for, at the size of the print.
  const unit = (width / (frameSize.width || 400)) * (frameSize.rem / 16);

  return (
    <div ref={box} className="relative overflow-hidden bg-[#eef2ef]" style={{ aspectRatio: shape }}>
      <svg
        ref={svg}
        role={onMarker ? 'group' : 'img'}
        aria-label={label}
        viewBox={`${view.minX} ${view.minY} ${width} ${height}`}
        preserveAspectRatio="xMidYMid slice"
        className={`absolute inset-0 size-full touch-pan-y ${onPick ? 'cursor-crosshair' : 'cursor-grab'}`}
        {...drag}
      >
        <GridShapes grids={grids} projection={projection} focusGridId={props.focusGridId} unit={unit} />
        {markers.map((marker) => (
          <Marker
            key={marker.key}
            marker={marker}
            at={projection.toPoint(marker)}
            unit={unit}
            {...(onMarker ? { onPress: () => onMarker(marker.key) } : {})}
          />
        ))}
      </svg>
      <MapControls widthM={width} onZoom={zoom} onFit={() => setMoved(undefined)} />
      {props.children}
    </div>
  );
}

function useProjection(grids: readonly GridView[], markers: readonly MapMarker[]): Projection {
  const first = grids.flatMap((grid) => ringsOf(grid.polygon))[0]?.[0] ?? markers[0];
  const latitude = first?.latitude ?? 30.4;
  const longitude = first?.longitude ?? 114.9;
  return useMemo(() => projectionAround({ latitude, longitude }), [latitude, longitude]);
}

function useFit(props: SchematicMapProps, projection: Projection, shape: number): Box {
  const { grids, markers, focusGridId, fitAll } = props;
  const focus = grids.filter((grid) =>
    focusGridId === undefined ? grid.level === 'grid' : grid.id === focusGridId,
  );
  const wanted = fitAll ? grids.filter((grid) => grid.level === 'grid') : focus;
  const corners = (wanted.length > 0 ? wanted : grids).flatMap((grid) => ringsOf(grid.polygon).flat());
  const places = [...corners, ...markers.filter((marker) => marker.fit !== false)];
  const box = boxOf(places.map(projection.toPoint)) ?? { minX: -300, minY: -300, maxX: 300, maxY: 300 };
  return frame(box, shape);
}

function zoomed(view: Box, factor: number): Box {
  const middleX = (view.minX + view.maxX) / 2;
  const middleY = (view.minY + view.maxY) / 2;
  const halfX = ((view.maxX - view.minX) / 2) * factor;
  const halfY = ((view.maxY - view.minY) / 2) * factor;
  return { minX: middleX - halfX, maxX: middleX + halfX, minY: middleY - halfY, maxY: middleY + halfY };
}

interface DragOptions {
  svg: { readonly current: SVGSVGElement | null };
  view: Box;
  setView: (view: Box) => void;
  pick?: (point: Point) => void;
}

/** Dragging moves the picture; a press that did not move picks a place. The buttons do the same without dragging. */
function useDrag({ svg, view, setView, pick }: DragOptions) {
  const drag = useRef<Drag | undefined>(undefined);
  const scaleOf = () => (view.maxX - view.minX) / (svg.current?.clientWidth || 1);
  return {
    onPointerDown: (event: PointerEvent) => {
      drag.current = { start: { x: event.clientX, y: event.clientY }, view, moved: false };
    },
    onPointerMove: (event: PointerEvent) => {
      const now = drag.current;
      if (!now || (event.pointerType === 'mouse' && event.buttons === 0)) return;
      const dx = event.clientX - now.start.x;
      const dy = event.clientY - now.start.y;
      if (Math.hypot(dx, dy) < 6 && !now.moved) return;
      now.moved = true;
      const scale = scaleOf();
      setView({
        minX: now.view.minX - dx * scale,
        maxX: now.view.maxX - dx * scale,
        minY: now.view.minY - dy * scale,
        maxY: now.view.maxY - dy * scale,
      });
    },
    onPointerUp: (event: PointerEvent) => {
      const still = drag.current !== undefined && !drag.current.moved;
      drag.current = undefined;
      const bounds = svg.current?.getBoundingClientRect();
      if (!still || !pick || !bounds) return;
      const scale = scaleOf();
      pick({
        x: view.minX + (event.clientX - bounds.left) * scale,
        y: view.minY + (event.clientY - bounds.top) * scale,
      });
    },
    onPointerLeave: () => {
      drag.current = undefined;
    },
  };
}
