import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import type { GridView } from '../../api/schemas.ts';
import type { Place } from '../core/position.ts';
import { useDrag } from './drag.ts';
import { GridShapes } from './grid-shapes.tsx';
import { MapControls } from './map-controls.tsx';
import type { MapMarker } from './marker.tsx';
import { MarkerLayer } from './marker-layer.tsx';
import { type Box, boxOf, frame, type Projection, projectionAround, ringsOf } from './projection.ts';
import { useSize } from './size.ts';

interface SchematicMapProps {
  grids: readonly GridView[];
  markers: readonly MapMarker[];
  /** What the picture shows, for those who do not see it. */
  label: string;
  /** The grid that stands out and that the picture is fitted to, together with the markers. */
  focusGridId?: number | undefined;
  /** Fit to everything that the grids cover instead of to the focus. */
  fitAll?: boolean;
  /** Fit to these places and nothing else, where there are any. */
  fitTo?: readonly Place[];
  /** Width / height. */
  shape?: number;
  /** Takes the height that it is given instead of keeping its shape. */
  fill?: boolean;
  onPick?: (place: Place) => void;
  onMarker?: (key: string) => void;
  /** What a heap of markers is called; without it every marker stands alone. */
  groupTitle?: (members: readonly MapMarker[]) => string;
  /** A heap was pressed that no closer look takes apart. */
  onGroup?: (members: readonly MapMarker[]) => void;
  /** Drawn over the grids, in metres. */
  overlay?: (drawing: Drawing) => ReactNode;
  children?: ReactNode;
}

/** What an overlay needs to stand where it belongs. */
export interface Drawing {
  projection: Projection;
  /** Metres that a CSS pixel stands for, at the size of the print. */
  unit: number;
  /** The place under a point of the window. */
  placeAt: (clientX: number, clientY: number) => Place;
}

/** Our own picture of the grids: no tiles, nothing from outside. North is up. */
export function SchematicMap(props: SchematicMapProps) {
  const { grids, markers, label, fill = false, onPick, onMarker } = props;
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const given = size.height > 0 ? size.width / size.height : undefined;
  const shape = (fill ? given : undefined) ?? props.shape ?? 4 / 3;
  const projection = useProjection(grids, markers);
  const fitted = useFit(props, projection, shape);
  const [moved, setMoved] = useState<Box | undefined>();
  const view = useMemo(() => (moved ? reshaped(moved, shape) : fitted), [moved, fitted, shape]);
  const svg = useRef<SVGSVGElement>(null);
  const width = view.maxX - view.minX;
  const unit = (width / (size.width || 400)) * (size.rem / 16);
  const placeAt = usePlaceAt(svg, view, projection);
  const drag = useDrag({
    svg,
    view,
    setView: setMoved,
    ...(onPick ? { pick: (point) => onPick(projection.toPlace(point)) } : {}),
  });
  return (
    <div
      ref={box}
      className={`relative overflow-hidden bg-[#eef2ef] ${fill ? 'size-full' : ''}`}
      {...(fill ? {} : { style: { aspectRatio: shape } })}
    >
      <svg
        ref={svg}
        role={onMarker || props.overlay ? 'group' : 'img'}
        aria-label={label}
        viewBox={`${view.minX} ${view.minY} ${width} ${view.maxY - view.minY}`}
        preserveAspectRatio="xMidYMid slice"
        className={`absolute inset-0 size-full touch-pan-y ${onPick ? 'cursor-crosshair' : 'cursor-grab'}`}
        {...drag}
      >
        <GridShapes grids={grids} projection={projection} focusGridId={props.focusGridId} unit={unit} />
        {props.overlay?.({ projection, unit, placeAt })}
        <MarkerLayer {...props} view={view} shape={shape} scale={{ projection, unit }} onView={setMoved} />
      </svg>
      <MapControls
        widthM={width}
        onZoom={(factor) => setMoved(zoomed(view, factor))}
        onFit={() => setMoved(undefined)}
      />
      {props.children}
    </div>
  );
}

function usePlaceAt(
  svg: { readonly current: SVGSVGElement | null },
  view: Box,
  projection: Projection,
): Drawing['placeAt'] {
  return useCallback(
    (clientX, clientY) => {
      const bounds = svg.current?.getBoundingClientRect();
      const scale = (view.maxX - view.minX) / (bounds?.width || 1);
      return projection.toPlace({
        x: view.minX + (clientX - (bounds?.left ?? 0)) * scale,
        y: view.minY + (clientY - (bounds?.top ?? 0)) * scale,
      });
    },
    [svg, view, projection],
  );
}

/** The same middle and width in a picture of another shape. */
function reshaped(view: Box, shape: number): Box {
  const middleY = (view.minY + view.maxY) / 2;
  const half = (view.maxX - view.minX) / shape / 2;
  return { ...view, minY: middleY - half, maxY: middleY + half };
}

function useProjection(grids: readonly GridView[], markers: readonly MapMarker[]): Projection {
  const first = grids.flatMap((grid) => ringsOf(grid.polygon))[0]?.[0] ?? markers[0];
  const latitude = first?.latitude ?? 30.4;
  const longitude = first?.longitude ?? 114.9;
  return useMemo(() => projectionAround({ latitude, longitude }), [latitude, longitude]);
}

function useFit(props: SchematicMapProps, projection: Projection, shape: number): Box {
  const { grids, markers, focusGridId, fitAll, fitTo = [] } = props;
  const focus = grids.filter((grid) =>
    focusGridId === undefined ? grid.level === 'grid' : grid.id === focusGridId,
  );
  const wanted = fitAll ? grids.filter((grid) => grid.level === 'grid') : focus;
  const corners = (wanted.length > 0 ? wanted : grids).flatMap((grid) => ringsOf(grid.polygon).flat());
  const around = [...corners, ...markers.filter((marker) => marker.fit !== false)];
  const places = fitTo.length > 0 ? fitTo : around;
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
