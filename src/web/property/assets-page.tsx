import { type KeyboardEvent, useMemo, useState } from 'react';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button, ButtonLink, Link } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Card, PageTitle } from '../ui/surface.tsx';
import { AssetDot, AssetState } from './asset-state.tsx';
import { type AssetNode, assetIcons, isTroubled, pruned, treesOf } from './tree.ts';

export function useAssets() {
  return useQuery('assets', api.assets, { topics: ['ticket'], pollMs: 30_000 });
}

/** What the reader opened or folded himself; everything else is open where somebody has to look. */
type Folding = ReadonlyMap<number, boolean>;

/** Estates with their buildings and what is watched in them; open where somebody has to look. */
export function AssetsPage() {
  const { t, locale } = useDisplay();
  const query = useAssets();
  const [text, setText] = useState('');
  const [folding, setFolding] = useState<Folding>(new Map());
  const trees = useMemo(() => treesOf(query.data ?? [], locale), [query.data, locale]);
  const shown = useMemo(() => pruned(trees, text), [trees, text]);
  const isSearch = text.trim() !== '';
  const isOpen = ({ asset }: AssetNode) => isSearch || (folding.get(asset.id) ?? isTroubled(asset));
  const setAll = (open: boolean) =>
    setFolding(new Map((query.data ?? []).map((asset) => [asset.id, open] as const)));
  const toggle = (id: number, open: boolean) => setFolding((before) => new Map([...before, [id, open]]));
  return (
    <div className="grid min-w-0 gap-4">
      <PageTitle
        note={t('assets.note')}
        aside={
          <ButtonLink to={pathTo('sensors')} size="small" icon="gauge">
            {t('nav.sensors')}
          </ButtonLink>
        }
      >
        {t('assets.title')}
      </PageTitle>
      <div className="flex flex-wrap items-end gap-3">
        <div className="w-full middle:max-w-sm">
          <TextField
            label={t('assets.search')}
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <div className="flex gap-2">
          <Button size="small" icon="plus" onClick={() => setAll(true)}>
            {t('assets.openAll')}
          </Button>
          <Button size="small" icon="minus" onClick={() => setAll(false)}>
            {t('assets.foldAll')}
          </Button>
        </div>
      </div>
      <Fetched query={query}>
        {(assets) =>
          assets.length === 0 ? (
            <Card>
              <Empty icon="building" title={t('assets.none')}>
                {t('assets.noneNote')}
              </Empty>
            </Card>
          ) : (
            <Estates nodes={shown} isOpen={isOpen} onToggle={toggle} />
          )
        }
      </Fetched>
    </div>
  );
}

interface BranchProps {
  isOpen: (node: AssetNode) => boolean;
  onToggle: (id: number, open: boolean) => void;
}

/** A column an estate, as many side by side as there is room for. */
function Estates({ nodes, ...branch }: BranchProps & { nodes: readonly AssetNode[] }) {
  const { t } = useDisplay();
  if (nodes.length === 0) {
    return (
      <Card>
        <Empty icon="search" title={t('common.nothing')} />
      </Card>
    );
  }
  return (
    <ul className="gap-3 [columns:auto_24rem]">
      {nodes.map((node) => (
        <li
          key={node.asset.id}
          className="mb-3 min-w-0 break-inside-avoid overflow-hidden rounded-card border border-line bg-surface p-2 shadow-card"
        >
          <Branch node={node} {...branch} />
        </li>
      ))}
    </ul>
  );
}

function Branch({ node, isOpen, onToggle }: BranchProps & { node: AssetNode }) {
  const { t, format } = useDisplay();
  const { asset, inside } = node;
  const open = isOpen(node);
  const onKeyDown = (event: KeyboardEvent) => {
    if (inside.length === 0 || (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft')) return;
    event.preventDefault();
    onToggle(asset.id, event.key === 'ArrowRight');
  };
  return (
    <>
      <div className="flex items-center gap-1">
        {inside.length > 0 ? (
          <button
            type="button"
            aria-expanded={open}
            aria-label={t(open ? 'assets.fold' : 'assets.open', { name: asset.name })}
            onClick={() => onToggle(asset.id, !open)}
            onKeyDown={onKeyDown}
            className="tap-small grid shrink-0 place-items-center rounded-control text-muted hover:bg-sunken"
          >
            <Icon name={open ? 'down' : 'right'} size={18} />
          </button>
        ) : (
          <span className="tap-small grid shrink-0 place-items-center" aria-hidden="true" />
        )}
        <Link
          to={pathTo('asset', asset.id)}
          className="tap-small flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-0.5 rounded-control px-1.5 py-1 hover:bg-sunken"
        >
          <AssetDot asset={asset} />
          <Icon name={assetIcons[asset.kind]} size={20} className="text-muted" />
          <span className={`min-w-0 text-small ${asset.parentId === null ? 'font-bold' : 'font-medium'}`}>
            {asset.name}
          </span>
          <AssetState asset={asset} quietWhenCalm={asset.parentId !== null} />
          {asset.parentId === null && (
            <span className="ml-auto shrink-0 text-fine text-muted">
              {t('assets.devices', { count: format.number(asset.devices) })}
            </span>
          )}
        </Link>
      </div>
      {open && inside.length > 0 && (
        <ul className="ml-[calc(var(--target-small)/2)] border-l border-line">
          {inside.map((child) => (
            <li key={child.asset.id} className="min-w-0">
              <Branch node={child} isOpen={isOpen} onToggle={onToggle} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
