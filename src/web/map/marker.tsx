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
  | 'plain'
  | 'ticket'
  | 'ticketOver'
  | 'sensor'
  | 'sensorSilent'
  | 'gatewayDown';

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
  ticket: '#854600',
  ticketOver: '#b3151b',
  sensor: '#2f6f73',
  sensorSilent: '#66716f',
  gatewayDown: '#16201f',
};

/** Where the name stands, in pixels below the point: home and wearer may be at the same place. */
const labelOffset: Readonly<Partial<Record<MarkerKind, number>>> = {
  incident: 14,
  taken: 14,
  home: -20,
  wearer: 18,
  me: 22,
  ticket: 20,
  ticketOver: 20,
};

function pressable(title: string, onPress: (() => void) | undefined) {
  if (!onPress) return {};
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onPress();
  };
  return {
    role: 'button',
    tabIndex: 0,
    'aria-label': title,
    onClick: onPress,
    onKeyDown: press,
    cursor: 'pointer',
  } as const;
}

interface HeapProps {
  /** Of its most pressing member. */
  kind: MarkerKind;
  count: number;
  title: string;
  at: Point;
  unit: number;
  onPress: () => void;
}

/** Many markers at one place: how many, in a ring of the colour and with the shape of the most pressing. */
export function HeapMark({ kind, count, title, at, unit, onPress }: HeapProps) {
  const color = colors[kind];
  const isPressing = kind === 'ticket' || kind === 'ticketOver' || kind === 'worry';
  return (
    <g transform={`translate(${at.x} ${at.y})`} {...pressable(title, onPress)}>
      <title>{title}</title>
      <g transform={`scale(${unit})`}>
        <circle
          r={14}
          fill={isPressing ? color : '#ffffff'}
          stroke={isPressing ? '#ffffff' : color}
          strokeWidth={3}
        />
        <text
          fontSize={13}
          fontWeight={700}
          textAnchor="middle"
          dominantBaseline="central"
          fill={isPressing ? '#ffffff' : '#16201f'}
        >
          {count}
        </text>
        {kind !== 'calm' && kind !== 'sensor' && (
          <g transform="translate(11 -11) scale(0.75)">
            <Shape kind={kind} color={color} selected={false} />
          </g>
        )}
      </g>
    </g>
  );
}

interface MarkerProps {
  marker: MapMarker;
  at: Point;
  unit: number;
  onPress?: () => void;
}

export function Marker({ marker, at, unit, onPress }: MarkerProps) {
  const color = colors[marker.kind];
  return (
    <g transform={`translate(${at.x} ${at.y})`} {...pressable(marker.title, onPress)}>
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
        <Shape kind={marker.kind} color={color} selected={marker.selected === true} />
        {marker.text && <Label marker={marker} color={color} />}
      </g>
    </g>
  );
}

/** The shape of a kind by itself, as a legend shows it. */
export function MarkerSample({ kind }: { kind: MarkerKind }) {
  const isPin = kind === 'incident' || kind === 'taken';
  const half = kind === 'sensor' || kind === 'sensorSilent' ? 9 : 12;
  const box = isPin ? '-14 -37 28 40' : `${-half} ${-half} ${2 * half} ${2 * half}`;
  return (
    <svg viewBox={box} className="size-5" aria-hidden="true">
      <Shape kind={kind} color={colors[kind]} selected={false} />
    </svg>
  );
}

interface ShapeProps {
  kind: MarkerKind;
  color: string;
  selected: boolean;
}

function Shape({ kind, color, selected }: ShapeProps) {
  const edge = { fill: color, stroke: '#ffffff', strokeLinejoin: 'round' } as const;
  switch (kind) {
    case 'incident':
    case 'taken':
      return <Pin kind={kind} color={color} selected={selected} />;
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
    case 'ticket':
    case 'ticketOver':
      return <path d="M0-11 11 0 0 11-11 0z" strokeWidth={selected ? 4 : 2.5} {...edge} />;
    case 'sensor':
      return <circle r={4.5} strokeWidth={1.5} {...edge} />;
    case 'sensorSilent':
      return <rect x={-4.5} y={-4.5} width={9} height={9} fill="#ffffff" stroke={color} strokeWidth={2.5} />;
    case 'gatewayDown':
      return (
        <>
          <rect x={-9} y={-9} width={18} height={18} rx={3} strokeWidth={2} {...edge} />
          <path d="M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5" stroke="#ffffff" strokeWidth={2.5} />
        </>
      );
  }
}

function Pin({ kind, color, selected }: ShapeProps) {
  return (
    <>
      {kind === 'incident' && <circle r={20} fill={color} opacity={0.22} className="breathe" />}
      <ellipse cx={0} cy={1} rx={5} ry={2} fill="#16201f" opacity={0.3} />
      <path
        d="M0 0C-3-7-12-13-12-23a12 12 0 0 1 24 0C12-13 3-7 0 0z"
        fill={color}
        stroke="#ffffff"
        strokeWidth={selected ? 4 : 2}
      />
      <circle cy={-23} r={4.5} fill="#ffffff" />
    </>
  );
}

function Label({ marker, color }: { marker: MapMarker; color: string }) {
  return (
    <text
      y={labelOffset[marker.kind] ?? 0}
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
