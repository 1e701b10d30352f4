import { useState } from 'react';
import type { AssetView } from '../../api/asset-schemas.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Badge, Card, PageTitle } from '../ui/surface.tsx';
import { type AssetRow, assetRows } from './asset-choices.ts';
import { AssetDialog } from './asset-dialog.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { ImportDialog } from './import-dialog.tsx';

type Doing = { what: 'import' } | { what: 'edit'; asset: AssetView } | { what: 'add'; parent?: AssetView };

/** Estates with their buildings and what is watched in them. */
export function AssetsPage() {
  const { t } = useDisplay();
  const query = useQuery('assets', api.assets, { topics: ['ticket'], pollMs: 60_000 });
  const [doing, setDoing] = useState<Doing | undefined>();
  const close = () => setDoing(undefined);
  return (
    <>
      <PageTitle
        note={t('tree.note')}
        aside={
          <div className="flex flex-wrap gap-2">
            <Button tone="action" icon="plus" onClick={() => setDoing({ what: 'add' })}>
              {t('tree.addEstate')}
            </Button>
            <Button icon="copy" onClick={() => setDoing({ what: 'import' })}>
              {t('import.open')}
            </Button>
          </div>
        }
      >
        {t('admin.tree')}
      </PageTitle>
      <Fetched query={query}>
        {(assets) => (
          <>
            <Tree assets={assets} onDo={setDoing} onChanged={query.reload} />
            {(doing?.what === 'edit' || doing?.what === 'add') && (
              <AssetDialog
                assets={assets}
                asset={doing.what === 'edit' ? doing.asset : undefined}
                parent={doing.what === 'add' ? doing.parent : undefined}
                onClose={close}
                onSaved={query.reload}
              />
            )}
          </>
        )}
      </Fetched>
      {doing?.what === 'import' && <ImportDialog target="assets" onClose={close} onImported={query.reload} />}
    </>
  );
}

interface TreeProps {
  assets: readonly AssetView[];
  onDo: (doing: Doing) => void;
  onChanged: () => void;
}

/** An estate is folded until it is opened; a search shows what it finds with all above it. */
function Tree({ assets, onDo, onChanged }: TreeProps) {
  const { t, locale } = useDisplay();
  const [text, setText] = useState('');
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const wanted = text.trim().toLowerCase();
  const found = wanted === '' ? undefined : withAbove(assets, wanted);
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const isShown = ({ asset }: AssetRow) => {
    if (found) return found.has(asset.id);
    for (let up = asset.parentId; up !== null; up = byId.get(up)?.parentId ?? null) {
      if (byId.has(up) && !opened.has(up)) return false;
    }
    return true;
  };
  const toggle = (id: number) => {
    const next = new Set(opened);
    if (!next.delete(id)) next.add(id);
    setOpened(next);
  };
  const parents = new Set(assets.map((asset) => asset.parentId));
  const rows = assetRows(assets, locale).filter(isShown);
  return (
    <Card flush>
      <div className="px-4 pt-3 pb-3">
        <TextField
          label={t('common.search')}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {rows.length === 0 && (
        <Empty icon="building" title={wanted === '' ? t('assets.none') : t('common.nothing')} />
      )}
      <ul className="divide-y divide-line border-t border-line">
        {rows.map((row) => (
          <li key={row.asset.id}>
            <Row
              row={row}
              isOpen={found ? undefined : opened.has(row.asset.id)}
              hasChildren={parents.has(row.asset.id)}
              onToggle={() => toggle(row.asset.id)}
              onDo={onDo}
              onChanged={onChanged}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function withAbove(assets: readonly AssetView[], wanted: string): Set<number> {
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const found = new Set<number>();
  for (const asset of assets) {
    const fields = [asset.name, asset.code, asset.address, asset.company?.name];
    if (!fields.some((field) => field?.toLowerCase().includes(wanted))) continue;
    for (let one: AssetView | undefined = asset; one; one = byId.get(one.parentId ?? 0)) found.add(one.id);
  }
  return found;
}

interface RowProps {
  row: AssetRow;
  /** Undefined: there is nothing to fold. */
  isOpen: boolean | undefined;
  hasChildren: boolean;
  onToggle: () => void;
  onDo: (doing: Doing) => void;
  onChanged: () => void;
}

function Row({ row, isOpen, hasChildren, onToggle, onDo, onChanged }: RowProps) {
  const { t } = useDisplay();
  const { asset, depth } = row;
  const remove = async () => {
    await adminApi.deleteAsset(asset.id);
    onChanged();
  };
  return (
    <div
      className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 py-1.5 pr-3"
      style={{ paddingLeft: `${0.5 + depth * 1.25}rem` }}
    >
      <div className="flex min-w-0 flex-1 basis-64 items-center gap-1">
        {hasChildren && isOpen !== undefined ? (
          <button
            type="button"
            aria-expanded={isOpen}
            aria-label={t('tree.fold', { name: asset.name })}
            onClick={onToggle}
            className="tap-small grid place-items-center rounded-control hover:bg-sunken"
          >
            <Icon name={isOpen ? 'down' : 'right'} size={18} />
          </button>
        ) : (
          <span className="w-(--target-small) shrink-0" />
        )}
        <AssetText asset={asset} />
      </div>
      <div className="flex flex-wrap gap-1.5">
        <Button size="small" icon="plus" onClick={() => onDo({ what: 'add', parent: asset })}>
          {t('tree.addBelow')}
          <span className="sr-only"> {asset.name}</span>
        </Button>
        <Button size="small" icon="edit" onClick={() => onDo({ what: 'edit', asset })}>
          {t('tree.edit')}
          <span className="sr-only"> {asset.name}</span>
        </Button>
        {!hasChildren && asset.devices === 0 && (
          <ConfirmButton
            size="small"
            label={t('tree.remove', { name: asset.name })}
            question={t('tree.removeSure')}
            onConfirm={remove}
          />
        )}
      </div>
    </div>
  );
}

function AssetText({ asset }: { asset: AssetView }) {
  const { t, format } = useDisplay();
  return (
    <div className="min-w-0 text-small">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-semibold">{asset.name}</span>
        <Badge tone="quiet">{t(`assetKind.${asset.kind}`)}</Badge>
        {asset.openTickets > 0 && (
          <Badge tone="warn" icon="wrench">
            {t('assets.tickets', { count: format.number(asset.openTickets) })}
          </Badge>
        )}
        {asset.silentDevices > 0 && (
          <Badge tone="quiet" icon="offline">
            {t('assets.silent', { count: format.number(asset.silentDevices) })}
          </Badge>
        )}
        {asset.remoteSwitch !== 'never' && (
          <Badge tone="action">{t(`remoteSwitch.${asset.remoteSwitch}`)}</Badge>
        )}
      </p>
      <p className="text-fine text-muted">
        {[
          asset.code,
          asset.ownCompanyId === null ? undefined : asset.company?.name,
          asset.ownGridId === null ? undefined : asset.grid?.name,
          t('assets.devices', { count: format.number(asset.devices) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </div>
  );
}
