import type { GridView } from '../../api/schemas.ts';
import { fittingName } from './fitting-name.ts';
import { labelPoint, type Projection, pathOf, ringsOf } from './projection.ts';

interface GridShapesProps {
  grids: readonly GridView[];
  projection: Projection;
  focusGridId: number | undefined;
  /** Metres that a CSS pixel stands for. */
  unit: number;
}

const FONT_PX = 13;

/** Calm, distinguishable neighbours; the colours mean nothing else. */
const fills = ['#dfe9e4', '#e6e9dc', '#dde7ec', '#e9e4dc', '#e3e4ee', '#dcebe9'];

export function GridShapes({ grids, projection, focusGridId, unit }: GridShapesProps) {
  const cells = grids.filter((grid) => grid.level === 'grid');
  const areas = grids.filter((grid) => grid.level === 'community' || grid.level === 'street');
  return (
    <g>
      {areas.map((area) => (
        <path
          key={area.id}
          d={pathOf(ringsOf(area.polygon), projection)}
          fill="#f7f9f7"
          stroke="#9fb0ab"
          strokeWidth={unit * 2}
          strokeDasharray={`${unit * 9} ${unit * 6}`}
          fillRule="evenodd"
        />
      ))}
      {cells.map((cell, index) => (
        <path
          key={cell.id}
          d={pathOf(ringsOf(cell.polygon), projection)}
          fill={cell.id === focusGridId ? '#fff4da' : fills[index % fills.length]}
          stroke={cell.id === focusGridId ? '#b98a1d' : '#8fa39d'}
          strokeWidth={unit * (cell.id === focusGridId ? 3 : 1.8)}
          strokeLinejoin="round"
          fillRule="evenodd"
        />
      ))}
      {cells.map((cell) => {
        const at = labelPoint(ringsOf(cell.polygon), projection);
        const ems = cell.id === focusGridId ? Number.POSITIVE_INFINITY : (at?.width ?? 0) / (unit * FONT_PX);
        const name = fittingName(cell.name, ems);
        return (
          at &&
          name && (
            <text
              key={cell.id}
              x={at.x}
              y={at.y}
              fontSize={unit * FONT_PX}
              textAnchor="middle"
              dominantBaseline="middle"
              fill="#4f5b59"
              fontWeight={cell.id === focusGridId ? 700 : 500}
              stroke="#ffffff"
              strokeWidth={unit * 3}
              strokeOpacity={0.75}
              paintOrder="stroke"
            >
              {name}
            </text>
          )
        );
      })}
    </g>
  );
}
