import { useRef } from 'react';
import { useSize } from '../map/size.ts';

export interface Bar {
  key: string;
  label: string;
  value: number;
  /** What stands behind the bar. */
  text: string;
  /** A class of Tailwind for the bar; the brand's where nothing is said. */
  fill?: string;
  note?: string;
}

/** Names with bars of their size; the words say what the picture shows. */
export function Bars({ bars, label }: { bars: readonly Bar[]; label: string }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <ul aria-label={label} className="grid gap-2.5">
      {bars.map((bar) => (
        <li key={bar.key} className="grid gap-0.5">
          <p className="flex flex-wrap justify-between gap-x-3 text-small">
            <span className="min-w-0 font-medium break-words">
              {bar.label}
              {bar.note && <span className="font-normal text-muted"> · {bar.note}</span>}
            </span>
            <span className="tnum ml-auto text-muted">{bar.text}</span>
          </p>
          <svg aria-hidden="true" className="h-2 w-full" viewBox="0 0 100 8" preserveAspectRatio="none">
            <rect width="100" height="8" className="fill-sunken" />
            <rect width={(100 * bar.value) / most} height="8" className={bar.fill ?? 'fill-brand-lit'} />
          </svg>
        </li>
      ))}
    </ul>
  );
}

export interface Part {
  key: string;
  label: string;
  share: number;
  fill: string;
}

/** One whole in parts; the legend below gives each in words. */
export function Stack({ parts, label }: { parts: readonly Part[]; label: string }) {
  const ends = parts.map((_, i) => parts.slice(0, i).reduce((sum, part) => sum + part.share, 0));
  return (
    <svg role="img" aria-label={label} className="h-5 w-full" viewBox="0 0 100 10" preserveAspectRatio="none">
      <rect width="100" height="10" className="fill-sunken" />
      {parts.map((part, i) => (
        <rect
          key={part.key}
          x={100 * (ends[i] ?? 0)}
          width={100 * part.share}
          height="10"
          className={part.fill}
        />
      ))}
    </svg>
  );
}

export interface Column {
  key: string;
  /** Below the column, where there is room. */
  label: string;
  /** From the ground up. */
  parts: readonly { value: number; fill: string }[];
  /** All of it in words. */
  title: string;
}

const HEIGHT = 9;

/** Columns side by side with a scale; every value is in its title and in the sentence that `label` is. */
export function Columns({ columns, label }: { columns: readonly Column[]; label: string }) {
  const host = useRef<HTMLDivElement>(null);
  const { width, rem } = useSize(host);
  const most = Math.max(1, ...columns.map(totalOf));
  const left = rem * (0.7 * String(most).length + 0.6);
  const ground = HEIGHT * rem - 1.6 * rem;
  const step = Math.max(0, width - left) / Math.max(1, columns.length);
  const y = (value: number) => ground - (value / most) * (ground - rem);
  const every = Math.max(1, Math.ceil((3.4 * rem) / Math.max(1, step)));
  return (
    <div ref={host} role="img" aria-label={label} className="min-w-0 overflow-hidden">
      {width > 0 && (
        <svg width={width} height={HEIGHT * rem} aria-hidden="true" className="block text-fine">
          {[most, 0].map((value) => (
            <g key={value}>
              <line x1={left} x2={width} y1={y(value)} y2={y(value)} className="stroke-line" />
              <text
                x={left - 0.35 * rem}
                y={y(value) + 0.3 * rem}
                textAnchor="end"
                className="tnum fill-muted"
              >
                {value}
              </text>
            </g>
          ))}
          {columns.map((column, i) => (
            <g key={column.key}>
              <title>{column.title}</title>
              <Pile column={column} x={left + i * step + step * 0.15} width={step * 0.7} y={y} />
              {i % every === 0 && (
                <text
                  x={left + (i + 0.5) * step}
                  y={HEIGHT * rem - 0.4 * rem}
                  textAnchor="middle"
                  className="fill-muted"
                >
                  {column.label}
                </text>
              )}
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

const totalOf = ({ parts }: Column): number => parts.reduce((sum, part) => sum + part.value, 0);

function Pile({
  column,
  x,
  width,
  y,
}: {
  column: Column;
  x: number;
  width: number;
  y: (value: number) => number;
}) {
  let below = 0;
  return column.parts.map((part) => {
    const top = y(below + part.value);
    const bottom = y(below);
    below += part.value;
    return <rect key={part.fill} x={x} width={width} y={top} height={bottom - top} className={part.fill} />;
  });
}
