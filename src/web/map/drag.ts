import { type PointerEvent, useRef } from 'react';
import type { Box, Point } from './projection.ts';

interface Drag {
  start: Point;
  view: Box;
  moved: boolean;
}

export interface DragOptions {
  svg: { readonly current: SVGSVGElement | null };
  view: Box;
  setView: (view: Box) => void;
  pick?: (point: Point) => void;
}

/** Dragging moves the picture; a press that did not move picks a place. The buttons do the same without dragging. */
export function useDrag({ svg, view, setView, pick }: DragOptions) {
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
