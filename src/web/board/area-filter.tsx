import { useId } from 'react';
import type { AssetView } from '../../api/asset-schemas.ts';
import type { GridView } from '../../api/schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import type { AreaChoice } from './area.ts';

interface AreaFilterProps {
  choice: string;
  grids: readonly GridView[];
  assets: readonly AssetView[];
  onChange: (choice: AreaChoice) => void;
}

/** Which grid or estate the board shows. */
export function AreaFilter({ choice, grids, assets, onChange }: AreaFilterProps) {
  const { t } = useDisplay();
  const id = useId();
  const estates = assets.filter((asset) => asset.kind === 'estate');
  return (
    <div className="flex min-w-0 items-center gap-2">
      <label htmlFor={id} className="shrink-0 text-small font-semibold">
        {t('board.area')}
      </label>
      <select
        id={id}
        value={choice}
        onChange={(event) => onChange(event.target.value as AreaChoice)}
        className="tap-small w-full min-w-0 rounded-control border border-edge bg-surface px-3 text-small"
      >
        <option value="all">{t('board.areaAll')}</option>
        <optgroup label={t('admin.grids')}>
          {grids.map((grid) => (
            <option key={grid.id} value={`grid-${grid.id}`}>
              {grid.name} · {t(`level.${grid.level}`)}
            </option>
          ))}
        </optgroup>
        {estates.length > 0 && (
          <optgroup label={t('board.estates')}>
            {estates.map((estate) => (
              <option key={estate.id} value={`estate-${estate.id}`}>
                {estate.name}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </div>
  );
}
