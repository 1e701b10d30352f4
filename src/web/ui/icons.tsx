/** Our own icons: 24 × 24, drawn with strokes, never the only carrier of a meaning. */
const paths = {
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4',
  bellOff: 'M4 4l16 16M8 6.6A6 6 0 0 1 18 11v3.5M6.2 9.5 6 16.5l-1.5 2H18M10 21h4',
  phone:
    'M5 4h4l1.6 4.5-2.1 1.6a13 13 0 0 0 5.4 5.4l1.6-2.1L20 15v4a1.5 1.5 0 0 1-1.6 1.5A16 16 0 0 1 3.5 5.6 1.5 1.5 0 0 1 5 4z',
  navigate: 'M12 3 20 20l-8-4-8 4z',
  check: 'M4.5 12.5 10 18 19.5 6.5',
  checkCircle: 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM8 12.3l2.8 2.8L16 9.6',
  clock: 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM12 7v5.2l3.4 2',
  user: 'M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  users:
    'M12.5 8a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0zM2.5 20a6.5 6.5 0 0 1 13 0M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8',
  pin: 'M12 21.5s-7-6.2-7-11.3a7 7 0 0 1 14 0c0 5.1-7 11.3-7 11.3zM14.6 10a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0z',
  watch:
    'M8 7 9 2.5h6L16 7M8 17l1 4.5h6l1-4.5M17.5 12a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0zM12 9.5V12l1.6 1',
  heart: 'M12 20.5 4.6 13a5 5 0 0 1 7.4-6.6 5 5 0 0 1 7.4 6.6zM4 12h4l1.5-2.5 2.5 5 1.5-2.5H20',
  drop: 'M12 3s6.5 6.8 6.5 11.3a6.5 6.5 0 0 1-13 0C5.5 9.8 12 3 12 3zM9 15a3 3 0 0 0 3 3',
  thermometer: 'M10 14.4V5a2 2 0 0 1 4 0v9.4a4 4 0 1 1-4 0zM12 9v8',
  gauge: 'M4.2 18a9 9 0 1 1 15.6 0M12 13.5 16 9M12 15a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z',
  steps:
    'M7.5 3.5c2 0 3 2 3 4.5s-1 4-1 4h-4s-1-2-1-4.5 1-4 3-4zM5.8 14.5h3.5c0 2-.6 3-1.8 3s-1.7-1-1.7-3zM16.5 6.5c2 0 3 2 3 4.5s-1 4-1 4h-4s-1-1.5-1-4 1-4.5 3-4.5zM14.7 17.5h3.5c0 2-.5 3-1.7 3s-1.8-1-1.8-3z',
  shield: 'M12 3l7.5 2.8v5.7c0 4.6-3.1 7.9-7.5 9.5-4.4-1.6-7.5-4.9-7.5-9.5V5.8zM8.5 12l2.5 2.5 4.5-5',
  map: 'M3.5 6.5 9 4l6 2.5L20.5 4v13.5L15 20l-6-2.5L3.5 20zM9 4v13.5M15 6.5V20',
  list: 'M9 6h11.5M9 12h11.5M9 18h11.5M4 6h.01M4 12h.01M4 18h.01',
  gear: 'M15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM12 2.8v3M12 18.2v3M2.8 12h3M18.2 12h3M5.5 5.5l2.1 2.1M16.4 16.4l2.1 2.1M18.5 5.5l-2.1 2.1M7.6 16.4l-2.1 2.1',
  out: 'M14 4H6a1.5 1.5 0 0 0-1.5 1.5v13A1.5 1.5 0 0 0 6 20h8M10 12h10.5M17 8l4 4-4 4',
  left: 'M14.5 5 7.5 12l7 7',
  right: 'M9.5 5l7 7-7 7',
  down: 'M5 9.5l7 7 7-7',
  plus: 'M12 4.5v15M4.5 12h15',
  minus: 'M4.5 12h15',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  alert: 'M12 3.5 22 20.5H2zM12 10v5M12 17.8h.01',
  sos: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zM12 7.5v5.5M12 16.3h.01',
  fall: 'M16.5 5.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM3 20.5h18M5 15.5l4.5-4.5 4 2.5 4.5-.5M9.5 11 7.5 8M13.5 13.5 11 17l6.5.5',
  offline:
    'M4 4l16 16M2.5 9.5A15 15 0 0 1 8 6.2M12.5 5.5a15 15 0 0 1 9 4M5.5 13a10 10 0 0 1 5-2.7M15.5 11.2a10 10 0 0 1 3 1.8M9 16.5a5 5 0 0 1 5.5-.6M12 20h.01',
  refresh: 'M20 5v5h-5M4 19v-5h5M19.5 10A8 8 0 0 0 5.6 7.4M4.5 14a8 8 0 0 0 13.9 2.6',
  home: 'M4 11 12 4l8 7v9h-5.5v-6h-5v6H4z',
  handOver: 'M4 8.5h13.5M14 5l3.5 3.5L14 12M20 15.5H6.5M10 12l-3.5 3.5L10 19',
  plusCircle: 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM12 8v8M8 12h8',
  flag: 'M5.5 21V4M5.5 4.5h12l-2.5 4 2.5 4h-12',
  note: 'M5 4h14v11.5L14.5 20H5zM14.5 20v-4.5H19M8.5 9h7M8.5 12.5h4',
  run: 'M16 4.5a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0zM5.5 11l3-3.5 4.5.5-2.5 5.5 3.5 3v5M10.5 13.5 8.5 17l-4 .5M13 8.5l2 3 3.5.5',
  calendar: 'M4 6h16v14.5H4zM4 10.5h16M8.5 3.5V7M15.5 3.5V7',
  rule: 'M5 5h14M5 12h8M5 19h5M16 15.5l2.2 2.2L22 13.5',
  log: 'M6 3.5h9l4 4V20.5H6zM9.5 11h6M9.5 14h6M9.5 17h3',
  pulse: 'M3 12h4l2.5-6 4.5 12 2.5-6H21',
  search: 'M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0zM15.3 15.3 20.5 20.5',
  close: 'M5.5 5.5l13 13M18.5 5.5l-13 13',
  copy: 'M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM14.8 12a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0z',
  edit: 'M4 20h4L19.5 8.5l-4-4L4 16zM13 7l4 4',
  speaker: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  globe: 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM3 12h18M12 3c5 5.5 5 12.5 0 18-5-5.5-5-12.5 0-18z',
  type: 'M3 19 8.5 5 14 19M5 14.5h7M15 19l3.2-8 3.3 8M16.2 16h4',
  device: 'M7.5 2.5h9v19h-9zM11 18.5h2',
  wrench:
    'M20 7.5a4.5 4.5 0 0 1-6 4.2L6.5 19.5a2 2 0 0 1-2.8-2.8L11.5 9a4.5 4.5 0 0 1 5.5-5.5L14.5 6l.5 3 3 .5z',
  target: 'M19 12a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM12 2v5M12 17v5M2 12h5M17 12h5',
  building: 'M5 21V4h9v17M14 9h5v12M8 8h3M8 12h3M8 16h3M3 21h18',
  undo: 'M8.5 5 4 9.5 8.5 14M4.5 9.5H15a5 5 0 0 1 0 10H9',
  lock: 'M6 11h12v9.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  pause: 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM10 9v6M14 9v6',
  camera: 'M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM15.5 13.2a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z',
  bolt: 'M13 3 5 13.5h6L10 21l8.5-11H12z',
  breaker: 'M7 3h10v18H7zM10 7h4v6h-4zM12 7v3M10.5 17h3',
  level: 'M4 5v15h16V5M4 13c2.7-2 5.3 2 8 0s5.3 2 8 0M4 17h16M12 3v5M10 6l2 2 2-2',
  bin: 'M5 7h14l-1.3 13.5H6.3zM3.5 7h17M9 7V4h6v3M10 11v6M14 11v6',
  manhole: 'M21 14.5c0 2.5-4 4.5-9 4.5s-9-2-9-4.5S7 10 12 10s9 2 9 4.5zM8 14.5h8M12 3v4M10 5l2 2 2-2',
  gateway: 'M4 14h16v6H4zM8 17h.01M12 17h.01M8 11a5.5 5.5 0 0 1 8 0M5.5 8a9.5 9.5 0 0 1 13 0',
  valve: 'M3 9v8M21 9v8M3 13h4M17 13h4M16.5 13a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0zM12 8.5V4.5M9 4.5h6',
  pipe: 'M3 6h9a6 6 0 0 1 6 6v9M3 12h7a2 2 0 0 1 2 2v7M3 4v10M10 21h10',
  door: 'M6 21V3.5h12V21M3 21h18M14.5 12.5h.01',
  star: 'M12 3.5 14.6 9l6 .8-4.4 4.2 1.1 6L12 17.1 6.7 20l1.1-6L3.4 9.8l6-.8z',
  up: 'M12 20V5M5.5 11.5 12 5l6.5 6.5',
  power: 'M12 3.5v8M7 6.5a7.5 7.5 0 1 0 10 0',
  info: 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM12 11v5.5M12 7.7h.01',
} as const;

export type IconName = keyof typeof paths;

export function Icon({
  name,
  size = 24,
  className = '',
}: {
  name: IconName;
  size?: number;
  className?: string;
}) {
  const edge = `${size / 16}rem`;
  return (
    <svg
      viewBox="0 0 24 24"
      className={`shrink-0 ${className}`}
      style={{ width: edge, height: edge }}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.9}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** Level of a battery in per cent; the number stands beside it wherever it is shown. */
export function BatteryIcon({ level }: { level: number }) {
  const width = Math.max(1.5, (Math.min(100, level) / 100) * 14);
  return (
    <svg
      viewBox="0 0 24 24"
      className="size-[1.4em] shrink-0"
      fill="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect x="2.5" y="7.5" width="17" height="9" rx="2" stroke="currentColor" strokeWidth="1.7" />
      <path d="M21.5 10.5v3" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      <rect x="4.2" y="9.2" width={width} height="5.6" rx="0.8" fill="currentColor" />
    </svg>
  );
}

/** The mark: one cell of the grid is watched over. */
export function Logo({ size = 32 }: { size?: number }) {
  const edge = `${size / 16}rem`;
  const cells = [0, 1, 2, 3, 5, 6, 7, 8];
  return (
    <svg viewBox="0 0 32 32" style={{ width: edge, height: edge }} className="shrink-0" aria-hidden="true">
      {cells.map((cell) => (
        <rect
          key={cell}
          x={4 + (cell % 3) * 8.5}
          y={4 + Math.floor(cell / 3) * 8.5}
          width="7"
          height="7"
          rx="1.8"
          fill="currentColor"
          opacity="0.45"
        />
      ))}
      <circle cx="16" cy="16" r="5.2" fill="var(--color-gold)" />
    </svg>
  );
}
