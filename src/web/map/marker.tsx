import type { KeyboardEvent } from 'react';
import type { Point } from './projection.ts';

export type MarkerKind =
  | 'incident'
  | 'taken'
  | 'home'
  | 'wearer'
  | 'me'
  | 'calm'
  | 'worry'
  | 'silent'
  | 'plain';

export interface MapMarker {
  key: string;
  kind: MarkerKind;
  latitude: number;
  longitude: number;
  accuracyM?: number | undefined;
  /** Written beside it. */
  text?: string;
  /** Read out, and shown when the pointer rests on it. */
  title: string;
  /** False: the picture is not widened to hold it. */
  fit?: boolean;
  selected?: boolean;
}

const colors: Readonly<Record<MarkerKind, string>> = {
  incident: '#b3151b',
  taken: '#854600',
  home: '#12363a',
  wearer: '#146c2e',
  me: '#0b57d0',
  calm: '#146c2e',
  worry: '#854600',
  silent: '#66716f',
  plain: '#8b9794',
};

/** Where the name stands, in pixels below the point: home and wearer may be at the same place. */
const labelOffset: Readonly<Record<MarkerKind, number>> = {
  incident: 14,
  taken: 14,
  home: -20,
  wearer: 18,
  me: 22,
  calm: 0,
  worry: 0,
  silent: 0,
  plain: 0,
};

interface MarkerProps {
  marker: MapMarker;
  at: Point;
  unit: number;
  onPress?: () => void;
}

export function Marker({ marker, at, unit, onPress }: MarkerProps) {
  const color = colors[marker.kind];
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') onPress?.();
  };
  return (
    <g
      transform={`translate(${at.x} ${at.y})`}
      {...(onPress
        ? { role: 'button', tabIndex: 0, onClick: onPress, onKeyDown: press, cursor: 'pointer' }
        : {})}
      {...(onPress ? { 'aria-label': marker.title } : {})}
    >
      <title>{marker.title}</title>
      {marker.accuracyM !== undefined && marker.accuracyM > 0 && (
        <circle
          r={marker.accuracyM}
          fill={color}
          fillOpacity={0.1}
          stroke={color}
          strokeOpacity={0.55}
          strokeWidth={unit * 1.5}
        />
      )}
      <g transform={`scale(${unit})`}>
        <Shape marker={marker} color={color} />
        {marker.text && <Label marker={marker} color={color} />}
      </g>
    </g>
  );
}

function Shape({ marker, color }: { marker: MapMarker; color: string }) {
  const edge = { fill: color, stroke: '#ffffff', strokeLinejoin: 'round' } as const;
  switch (marker.kind) {
    case 'incident':
    case 'taken':
      return <Pin marker={marker} color={color} />;
    case 'home':
      return <path d="M-11 1 0-10 11 1v10H3V4h-6v7h-8z" strokeWidth={2} {...edge} />;
    case 'me':
      return (
        <>
          <circle r={15} fill={color} opacity={0.18} />
          <circle r={8} strokeWidth={3} {...edge} />
        </>
      );
    case 'wearer':
      return <circle r={8} strokeWidth={3} {...edge} />;
    case 'calm':
      return <circle r={6.5} strokeWidth={2.5} {...edge} />;
    case 'plain':
      return <circle r={3.5} strokeWidth={1.5} {...edge} />;
    case 'worry':
      return <path d="M0-10 10 8h-20z" strokeWidth={2.5} {...edge} />;
    case 'silent':
      return <rect x={-6} y={-6} width={12} height={12} fill="#ffffff" stroke={color} strokeWidth={3} />;
  }
}

function Pin({ marker, color }: { marker: MapMarker; color: string }) {
  return (
    <>
      {marker.kind === 'incident' && <circle r={20} fill={color} opacity={0.22} className="breathe" />}
      <ellipse cx={0} cy={1} rx={5} ry={2} fill="#16201f" opacity={0.3} />
      <path
        d="M0 0C-3-7-12-13-12-23a12 12 0 0 1 24 0C12-13 3-7 0 0z"
        fill={color}
        stroke="#ffffff"
        strokeWidth={marker.selected ? 4 : 2}
      />
      <circle cy={-23} r={4.5} fill="#ffffff" />
    </>
  );
}

function Label({ marker, color }: { marker: MapMarker; color: string }) {
  return (
    <text
      y={labelOffset[marker.kind]}
      fontSize={14}
      fontWeight={700}
      textAnchor="middle"
      dominantBaseline="middle"
      fill={color}
      stroke="#ffffff"
      strokeWidth={4}
      paintOrder="stroke"
    >
      {marker.text}
    </text>
  );
}
