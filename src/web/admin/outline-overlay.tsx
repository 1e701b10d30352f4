import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import type { Place } from '../core/position.ts';
import { useDisplay } from '../i18n/language.tsx';
import type { Drawing } from '../map/schematic-map.tsx';
import type { Step } from './ring-edit.ts';

interface OutlineOverlayProps {
  drawing: Drawing;
  corners: readonly Place[];
  onStep: (step: Step) => void;
}

/** The outline on the map: corners are dragged or moved by arrow keys, taken away by Delete, added in the middle of an edge. */
export function OutlineOverlay({ drawing, corners, onStep }: OutlineOverlayProps) {
  const { projection, unit } = drawing;
  const [held, setHeld] = useState<{ index: number; place: Place } | undefined>();
  const shown = corners.map((corner, index) => (held?.index === index ? held.place : corner));
  const points = shown.map(projection.toPoint);
  const path = points.map(({ x, y }) => `${x},${y}`).join(' ');
  return (
    <g>
      <polygon
        points={path}
        fill="#0b57d0"
        fillOpacity={0.14}
        stroke="#0b57d0"
        strokeWidth={unit * 3}
        strokeLinejoin="round"
        pointerEvents="none"
      />
      {shown.length >= 2 &&
        shown.map((from, index) => (
          <Middle
            // biome-ignore lint/suspicious/noArrayIndexKey: a corner is its place in the row.
            key={index}
            from={from}
            to={shown[(index + 1) % shown.length] ?? from}
            drawing={drawing}
            onAdd={(place) => onStep({ do: 'insert', after: index, place })}
          />
        ))}
      {shown.map((place, index) => (
        <Corner
          // biome-ignore lint/suspicious/noArrayIndexKey: a corner is its place in the row.
          key={index}
          index={index}
          place={place}
          drawing={drawing}
          onHold={(next) => setHeld({ index, place: next })}
          onStep={(step) => {
            setHeld(undefined);
            onStep(step);
          }}
        />
      ))}
    </g>
  );
}

interface MiddleProps {
  from: Place;
  to: Place;
  drawing: Drawing;
  onAdd: (place: Place) => void;
}

function Middle({ from, to, drawing, onAdd }: MiddleProps) {
  const { projection, unit } = drawing;
  const place = {
    latitude: (from.latitude + to.latitude) / 2,
    longitude: (from.longitude + to.longitude) / 2,
  };
  const at = projection.toPoint(place);
  return (
    <circle
      cx={at.x}
      cy={at.y}
      r={unit * 6}
      fill="#ffffff"
      fillOpacity={0.85}
      stroke="#0b57d0"
      strokeWidth={unit * 1.5}
      strokeDasharray={`${unit * 3} ${unit * 2}`}
      cursor="copy"
      onPointerDown={(event) => event.stopPropagation()}
      onPointerUp={(event) => {
        event.stopPropagation();
        onAdd(place);
      }}
    />
  );
}

interface CornerProps {
  index: number;
  place: Place;
  drawing: Drawing;
  onHold: (place: Place) => void;
  onStep: (step: Step) => void;
}

/** Pixels by which an arrow key moves a corner. */
const NUDGE_PX = 6;
const arrows: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

function Corner({ index, place, drawing, onHold, onStep }: CornerProps) {
  const { t } = useDisplay();
  const { projection, unit, placeAt } = drawing;
  const at = projection.toPoint(place);
  const move = (event: KeyboardEvent) => {
    const arrow = arrows[event.key];
    if (arrow) {
      event.preventDefault();
      const [x, y] = arrow.map((one) => one * NUDGE_PX * unit) as [number, number];
      onStep({ do: 'move', index, place: projection.toPlace({ x: at.x + x, y: at.y + y }) });
    }
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      onStep({ do: 'remove', index });
    }
  };
  const handle = {
    role: 'button',
    tabIndex: 0,
    'aria-label': t('grids.corner', { number: index + 1 }),
    onKeyDown: move,
    onPointerDown: (event: PointerEvent) => {
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
      event.stopPropagation();
      onHold(placeAt(event.clientX, event.clientY));
    },
    onPointerUp: (event: PointerEvent) => {
      event.stopPropagation();
      onStep({ do: 'move', index, place: placeAt(event.clientX, event.clientY) });
    },
  };
  return (
    <g
      transform={`translate(${at.x} ${at.y}) scale(${unit})`}
      cursor="move"
      className="touch-none"
      {...handle}
    >
      <circle r={14} fill="transparent" />
      <circle r={8} fill="#0b57d0" stroke="#ffffff" strokeWidth={2.5} />
      <text fontSize={10} fontWeight={700} fill="#ffffff" textAnchor="middle" dominantBaseline="central">
        {index + 1}
      </text>
    </g>
  );
}
