import type { GridView } from '../../api/schemas.ts';
import { labelPoint, type Projection, pathOf, ringsOf } from './projection.ts';

interface GridShapesProps {
  grids: readonly GridView[];
  projection: Projection;
  focusGridId: number | undefined;
  /** Metres that a CSS pixel stands for. */
  unit: number;
}

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
        return (
          at && (
            <text
              key={cell.id}
              x={at.x}
              y={at.y}
              fontSize={unit * 13}
              textAnchor="middle"
              dominantBaseline="middle"
              fill="#4f5b59"
              fontWeight={cell.id === focusGridId ? 700 : 500}
              stroke="#ffffff"
              strokeWidth={unit * 3}
              strokeOpacity={0.75}
              paintOrder="stroke"
            >
              {cell.name}
            </text>
          )
        );
      })}
    </g>
  );
}
