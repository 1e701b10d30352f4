import type { GridView } from '../../api/schemas.ts';
import type { Place } from '../core/position.ts';
import { ringsOf } from '../map/projection.ts';

/** The outline of a grid while it is drawn: its corners in order, not closed, and what it was before each step. */
export interface Drawn {
  corners: readonly Place[];
  before: readonly (readonly Place[])[];
}

export type Step =
  | { do: 'add'; place: Place }
  | { do: 'insert'; after: number; place: Place }
  | { do: 'move'; index: number; place: Place }
  | { do: 'remove'; index: number }
  | { do: 'replace'; corners: readonly Place[] }
  | { do: 'undo' };

export const nothingDrawn: Drawn = { corners: [], before: [] };

export function drawStep(drawn: Drawn, step: Step): Drawn {
  if (step.do === 'undo') {
    const last = drawn.before.at(-1);
    return last ? { corners: last, before: drawn.before.slice(0, -1) } : drawn;
  }
  return { corners: changed(drawn.corners, step), before: [...drawn.before, drawn.corners] };
}

function changed(corners: readonly Place[], step: Exclude<Step, { do: 'undo' }>): readonly Place[] {
  switch (step.do) {
    case 'add':
      return [...corners, step.place];
    case 'insert':
      return [...corners.slice(0, step.after + 1), step.place, ...corners.slice(step.after + 1)];
    case 'move':
      return corners.map((corner, index) => (index === step.index ? step.place : corner));
    case 'remove':
      return corners.filter((_, index) => index !== step.index);
    case 'replace':
      return step.corners;
  }
}

/** The outer outline of a grid that has only one; undefined where it has holes or parts, which are imported and not drawn. */
export function cornersOf(polygon: GridView['polygon']): readonly Place[] | undefined {
  const [ring, ...others] = ringsOf(polygon);
  if (!ring || others.length > 0) return undefined;
  const [first] = ring;
  const last = ring.at(-1);
  const isClosed = first && last && first.latitude === last.latitude && first.longitude === last.longitude;
  return isClosed ? ring.slice(0, -1) : ring;
}

export function toPolygon(corners: readonly Place[]): { type: 'Polygon'; coordinates: unknown[] } {
  const ring = corners.map(({ latitude, longitude }) => [round(longitude), round(latitude)]);
  return { type: 'Polygon', coordinates: [[...ring, ring[0]]] };
}

/** A corner per line, latitude first: what whoever has no mouse types. */
export function toText(corners: readonly Place[]): string {
  return corners.map(({ latitude, longitude }) => `${round(latitude)}, ${round(longitude)}`).join('\n');
}

/** Corners of such a text, or the number of the first line that is none. */
export function fromText(text: string): { corners: Place[] } | { wrongLine: number } {
  const corners: Place[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const match = /^\s*(-?\d+(?:\.\d+)?)[\s,，;]+(-?\d+(?:\.\d+)?)\s*$/.exec(line);
    const latitude = Number(match?.[1]);
    const longitude = Number(match?.[2]);
    if (!match || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return { wrongLine: index + 1 };
    corners.push({ latitude, longitude });
  }
  return { corners };
}

/** About ten centimetres. */
function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
