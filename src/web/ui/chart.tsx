import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';

export interface ChartLine {
  label: string;
  color: string;
  points: readonly { at: number; value: number }[];
}

/** A moment of which the chart says where it lies. */
export interface ChartMark {
  at: number;
  color: string;
  label: string;
}

interface ChartProps {
  lines: readonly ChartLine[];
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  /** What the picture shows, in words. */
  label: string;
  locale: string;
  /** The axis shows at least this span, so that a calm day looks calm. */
  atLeast: readonly [number, number];
  marks?: readonly ChartMark[];
  /** For what is off or on (0 or 1): drawn in steps, with these two words on the axis. */
  states?: readonly [off: string, on: string];
}

const HEIGHT = 150;
const STATES_HEIGHT = 84;

/** All lines on one axis of times; a line has null where only another one has a point. */
function toColumns(lines: readonly ChartLine[]): UPlot.AlignedData {
  const times = [...new Set(lines.flatMap((line) => line.points.map((point) => point.at)))].sort(
    (a, b) => a - b,
  );
  const columns = lines.map((line) => {
    const values = new Map(line.points.map((point) => [point.at, point.value]));
    return times.map((at) => values.get(at) ?? null);
  });
  return [times.map((at) => at / 1000), ...columns];
}

function optionsOf(
  { lines, from, to, locale, atLeast, marks = [], states }: ChartProps,
  width: number,
): UPlot.Options {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const font = `${Math.round(rem * 0.8)}px sans-serif`;
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const axis = { stroke: '#4f5b59', font, grid: { stroke: '#e3e8e6', width: 1 }, ticks: { show: false } };
  return {
    width,
    height: Math.round(((states ? STATES_HEIGHT : HEIGHT) * rem) / 16),
    ...(marks.length > 0 ? { padding: [rem * 1.3, null, null, null] } : {}),
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: [from / 1000, to / 1000] },
      y: { range: (_plot, low, high) => [Math.min(atLeast[0], low), Math.max(atLeast[1], high)] },
    },
    axes: [
      {
        ...axis,
        space: rem * 5,
        size: rem * 1.6,
        values: (_plot, ticks) => ticks.map((at) => time.format(at * 1000)),
      },
      {
        ...axis,
        space: rem * 1.7,
        size: rem * (states ? 3.6 : 2.9),
        ...(states ? { splits: () => [0, 1], values: () => [...states] } : {}),
      },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: line.color,
        width: rem / 8,
        spanGaps: true,
        points: { show: line.points.length < 60, size: rem / 3.2 },
        ...(states ? steps() : {}),
      })),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, marks, font)] },
  };
}

function steps(): Pick<UPlot.Series, 'paths'> {
  const paths = UPlot.paths.stepped?.({ align: 1 });
  return paths ? { paths } : {};
}

/** A dashed line at each mark, with its word above the plot. */
function drawMarks(plot: UPlot, marks: readonly ChartMark[], font: string): void {
  const { ctx, bbox } = plot;
  const ratio = (window.devicePixelRatio * Number.parseFloat(font)) / 13;
  ctx.save();
  ctx.font = font.replace(/^\d+/, (px) => String(Number(px) * window.devicePixelRatio));
  ctx.textBaseline = 'bottom';
  for (const mark of marks) {
    const x = plot.valToPos(mark.at / 1000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = mark.color;
    ctx.fillStyle = mark.color;
    ctx.lineWidth = 2 * ratio;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.textAlign = x > bbox.left + bbox.width * 0.85 ? 'right' : 'center';
    ctx.fillText(mark.label, x, bbox.top - 3 * ratio);
  }
  ctx.restore();
}

/** A small chart; loaded only where one is shown. The words beside it say the same. */
export function Chart(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const { lines, from, to, label, locale, atLeast, marks, states } = props;
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const all = {
      lines,
      from,
      to,
      label,
      locale,
      atLeast,
      ...(marks && { marks }),
      ...(states && { states }),
    };
    const options = optionsOf(all, element.clientWidth);
    const plot = new UPlot(options, toColumns(lines), element);
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: options.height }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [lines, from, to, label, locale, atLeast, marks, states]);
  return <div ref={host} role="img" aria-label={label} className="min-w-0 overflow-hidden" />;
}
