import { useState } from 'react';
import type { GridView, Person } from '../../api/schemas.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { phoneHref } from '../incidents/describe.ts';
import { SchematicMap } from '../map/schematic-map.tsx';
import { Button } from '../ui/button.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Badge, Card, PageTitle } from '../ui/surface.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { DeskCard } from './desk-card.tsx';
import { GridEditor } from './grid-editor.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { cornersOf } from './ring-edit.ts';

type Doing = { what: 'draw' | 'import' } | { what: 'edit'; grid: GridView } | undefined;

export function GridsPage() {
  const { t } = useDisplay();
  const { me } = useSession();
  const grids = useQuery('grids', api.grids);
  const [chosen, setChosen] = useState<number | undefined>();
  const [doing, setDoing] = useState<Doing>();
  const mayWrite = hasRole(me, 'admin');
  const grid = grids.data?.find((one) => one.id === chosen);
  const close = () => setDoing(undefined);
  return (
    <>
      <PageTitle
        note={t('grids.note')}
        aside={
          mayWrite && (
            <div className="flex flex-wrap gap-2">
              <Button tone="action" icon="plus" onClick={() => setDoing({ what: 'draw' })}>
                {t('grids.draw')}
              </Button>
              <Button icon="copy" onClick={() => setDoing({ what: 'import' })}>
                {t('import.open')}
              </Button>
            </div>
          )
        }
      >
        {t('admin.grids')}
      </PageTitle>
      {(doing?.what === 'draw' || doing?.what === 'edit') && (
        <GridEditor
          key={doing.what === 'edit' ? doing.grid.id : 'new'}
          grids={grids.data ?? []}
          grid={doing.what === 'edit' ? doing.grid : undefined}
          parent={doing.what === 'draw' ? parentFor(grid, grids.data ?? []) : undefined}
          onClose={close}
          onSaved={grids.reload}
        />
      )}
      {doing?.what === 'import' && <ImportDialog target="grids" onClose={close} onImported={grids.reload} />}
      <Fetched query={grids}>
        {(all) => (
          <Grids
            grids={all}
            chosen={chosen}
            onChoose={setChosen}
            onEdit={(one) => setDoing({ what: 'edit', grid: one })}
          />
        )}
      </Fetched>
    </>
  );
}

/** A new grid is drawn below what was chosen, or beside it where nothing can stand below; else in the first community. */
function parentFor(chosen: GridView | undefined, grids: readonly GridView[]): GridView | undefined {
  if (!chosen) return grids.find((one) => one.level === 'community');
  return chosen.level === 'grid' ? grids.find((one) => one.id === chosen.parentId) : chosen;
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

interface GridsProps {
  grids: readonly GridView[];
  chosen: number | undefined;
  onChoose: (id: number) => void;
  onEdit: (grid: GridView) => void;
}

function Grids({ grids, chosen, onChoose, onEdit }: GridsProps) {
  const { t } = useDisplay();
  if (grids.length === 0) return <Empty icon="map" title={t('grids.none')} />;
  const known = new Set(grids.map((grid) => grid.id));
  const roots = new Set(
    grids.filter((grid) => grid.parentId === null || !known.has(grid.parentId)).map((grid) => grid.parentId),
  );
  const rows = [...roots].flatMap((root) => asTree(grids, root));
  const grid = grids.find((one) => one.id === chosen);
  return (
    <div className="grid min-w-0 gap-4 wide:grid-cols-2 wide:items-start">
      <Card flush>
        <ul className="divide-y divide-line">
          {rows.map((row) => (
            <li key={row.grid.id}>
              <button
                type="button"
                aria-pressed={chosen === row.grid.id}
                onClick={() => onChoose(row.grid.id)}
                className="tap flex w-full items-start gap-3 py-2 pr-4 text-left text-small hover:bg-sunken aria-pressed:bg-brand-soft"
                style={{ paddingLeft: `${1 + row.depth * 1.1}rem` }}
              >
                <GridRow grid={row.grid} />
              </button>
            </li>
          ))}
        </ul>
      </Card>
      <div className="grid gap-4 wide:sticky wide:top-4">
        <Card title={t('board.map')} icon="map" flush>
          <SchematicMap grids={grids} markers={[]} focusGridId={chosen} fitAll label={t('map.grids')} />
        </Card>
        {grid && <ChosenGrid grid={grid} onEdit={() => onEdit(grid)} />}
      </div>
    </div>
  );
}

function ChosenGrid({ grid, onEdit }: { grid: GridView; onEdit: () => void }) {
  const { t } = useDisplay();
  const { me } = useSession();
  const grids = useQuery('grids', api.grids);
  const isDrawn = cornersOf(grid.polygon) !== undefined;
  const remove = async () => {
    await adminApi.deleteGrid(grid.id);
    grids.reload();
  };
  return (
    <>
      {grid.level === 'grid' && <OnDuty grid={grid} />}
      <DeskCard key={grid.id} grid={grid} />
      {hasRole(me, 'admin') && (
        <div className="flex flex-wrap items-start gap-2">
          <Button icon="edit" disabled={!isDrawn} onClick={onEdit}>
            {t('grids.edit', { name: grid.name })}
          </Button>
          <ConfirmButton
            label={t('grids.remove')}
            question={t('grids.removeSure', { name: grid.name })}
            onConfirm={remove}
          />
          {!isDrawn && <p className="basis-full text-small text-muted">{t('grids.notDrawn')}</p>}
        </div>
      )}
    </>
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

function OnDuty({ grid }: { grid: GridView }) {
  const { t } = useDisplay();
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
