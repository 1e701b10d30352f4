import { useState } from 'react';
import type { GridView, Person } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { phoneHref } from '../incidents/describe.ts';
import { SchematicMap } from '../map/schematic-map.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Badge, Card, PageTitle } from '../ui/surface.tsx';

export function GridsPage() {
  const { t } = useDisplay();
  const grids = useQuery('grids', api.grids);
  return (
    <>
      <PageTitle note={t('grids.note')}>{t('admin.grids')}</PageTitle>
      <Fetched query={grids}>{(all) => <Grids grids={all} />}</Fetched>
    </>
  );
}

interface Row {
  grid: GridView;
  depth: number;
}

/** Depth first, children below their parent. */
function asTree(grids: readonly GridView[], parentId: number | null, depth = 0): Row[] {
  return grids
    .filter((grid) => grid.parentId === parentId)
    .flatMap((grid) => [{ grid, depth }, ...asTree(grids, grid.id, depth + 1)]);
}

function Grids({ grids }: { grids: readonly GridView[] }) {
  const { t } = useDisplay();
  const [chosen, setChosen] = useState<number | undefined>();
  if (grids.length === 0) return <Empty icon="map" title={t('grids.none')} />;
  const known = new Set(grids.map((grid) => grid.id));
  const roots = new Set(
    grids.filter((grid) => grid.parentId === null || !known.has(grid.parentId)).map((grid) => grid.parentId),
  );
  const rows = [...roots].flatMap((root) => asTree(grids, root));
  return (
    <div className="grid min-w-0 gap-4 wide:grid-cols-2 wide:items-start">
      <Card flush>
        <ul className="divide-y divide-line">
          {rows.map((row) => (
            <li key={row.grid.id}>
              <button
                type="button"
                aria-pressed={chosen === row.grid.id}
                onClick={() => setChosen(row.grid.id)}
                className="tap flex w-full items-start gap-3 py-2 pr-4 text-left text-small hover:bg-sunken aria-pressed:bg-brand-soft"
                style={{ paddingLeft: `${1 + row.depth * 1.1}rem` }}
              >
                <GridRow grid={row.grid} />
              </button>
            </li>
          ))}
        </ul>
      </Card>
      <div className="grid gap-4">
        <Card title={t('board.map')} icon="map" flush>
          <SchematicMap grids={grids} markers={[]} focusGridId={chosen} fitAll label={t('map.grids')} />
        </Card>
        <OnDuty grid={grids.find((grid) => grid.id === chosen)} />
      </div>
    </div>
  );
}

function GridRow({ grid }: { grid: GridView }) {
  const { t } = useDisplay();
  return (
    <span className="min-w-0 flex-1">
      <span className="flex flex-wrap items-center gap-x-2">
        <span className="font-semibold">{grid.name}</span>
        <Badge tone="quiet">{t(`level.${grid.level}`)}</Badge>
      </span>
      <span className="block text-fine text-muted">
        {grid.code}
        {grid.worker && ` · ${t('duty.worker')} ${grid.worker.name}`}
        {grid.deputy && ` · ${t('duty.deputy')} ${grid.deputy.name}`}
      </span>
    </span>
  );
}

function OnDuty({ grid }: { grid: GridView | undefined }) {
  const { t } = useDisplay();
  if (!grid) return null;
  const people: (readonly [string, Person | null])[] = [
    [t('duty.worker'), grid.worker],
    [t('duty.deputy'), grid.deputy],
  ];
  return (
    <Card title={t('grids.onDuty', { name: grid.name })} icon="shield">
      <dl className="grid gap-2 text-small">
        {people.map(([label, person]) => (
          <div key={label} className="flex justify-between gap-3">
            <dt className="text-muted">{label}</dt>
            <dd>
              {person?.name ?? t('rosters.nobody')}
              {person?.phone && (
                <a className="tnum ml-2 text-action underline" href={phoneHref(person.phone)}>
                  {person.phone}
                </a>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
