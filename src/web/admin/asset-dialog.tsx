import { useState } from 'react';
import type { AssetInput, AssetView } from '../../api/asset-schemas.ts';
import type { AssetKind, RemoteSwitching } from '../../model/assets.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { assetIcons, idsBelow } from '../property/tree.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceField, SelectField, TextField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { assetChoices } from './asset-choices.ts';

interface AssetDialogProps {
  assets: readonly AssetView[];
  /** Undefined: a new one, below `parent`. */
  asset: AssetView | undefined;
  parent: AssetView | undefined;
  onClose: () => void;
  onSaved: () => void;
}

interface Draft {
  kind: AssetKind;
  parentId: string;
  code: string;
  name: string;
  gridId: string;
  companyId: string;
  address: string;
  place: string;
  remoteSwitch: RemoteSwitching;
}

const kinds = Object.keys(assetIcons) as AssetKind[];
const switching: readonly RemoteSwitching[] = ['never', 'manual', 'automatic'];

/** What is usually found inside what. */
const within: Readonly<Partial<Record<AssetKind, AssetKind>>> = {
  estate: 'building',
  building: 'floor',
  floor: 'unit',
  unit: 'pipe',
  panel: 'breaker',
  room: 'panel',
};

function draftOf(asset: AssetView | undefined, parent: AssetView | undefined): Draft {
  const text = (value: number | string | null | undefined) => String(value ?? '');
  return {
    kind: asset?.kind ?? (parent ? (within[parent.kind] ?? 'pipe') : 'estate'),
    parentId: text(asset ? asset.parentId : parent?.id),
    code: text(asset?.code),
    name: text(asset?.name),
    gridId: text(asset?.ownGridId),
    companyId: text(asset?.ownCompanyId),
    address: text(asset?.address),
    place: asset?.location ? `${asset.location.latitude}, ${asset.location.longitude}` : '',
    remoteSwitch: asset?.remoteSwitch ?? 'never',
  };
}

const placePattern = /^\s*(-?\d+(?:\.\d+)?)[\s,，]+(-?\d+(?:\.\d+)?)\s*$/;

/** What the service is sent; undefined where the place is none. */
function inputOf(draft: Draft): AssetInput | undefined {
  const match = placePattern.exec(draft.place);
  if (draft.place.trim() !== '' && !match) return undefined;
  const number = (text: string) => (text === '' ? null : Number(text));
  return {
    kind: draft.kind,
    parentId: number(draft.parentId),
    code: draft.code.trim(),
    name: draft.name.trim(),
    gridId: number(draft.gridId),
    companyId: number(draft.companyId),
    address: draft.address.trim() === '' ? null : draft.address.trim(),
    latitude: match ? Number(match[1]) : null,
    longitude: match ? Number(match[2]) : null,
    remoteSwitch: draft.remoteSwitch,
  };
}

export function AssetDialog({ assets, asset, parent, onClose, onSaved }: AssetDialogProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [draft, setDraft] = useState(() => draftOf(asset, parent));
  const below = idsBelow(assets, asset?.id ?? 0);
  const save = async () => {
    const input = inputOf(draft);
    if (!input) {
      submission.refuse(t('tree.placeWrong'));
      return;
    }
    if (asset) await adminApi.patchAsset(asset.id, input);
    else await adminApi.createAsset(input);
    onSaved();
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={asset ? t('tree.editTitle', { name: asset.name }) : t('tree.add')}>
      <form className="grid gap-4" onSubmit={submission.onSubmit(save)}>
        <NameFields draft={draft} onChange={setDraft} />
        <TreeFields
          draft={draft}
          // Nothing stands below itself.
          assets={asset ? assets.filter((one) => !below.has(one.id)) : assets}
          onChange={setDraft}
        />
        <SwitchField draft={draft} onChange={setDraft} />
        {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
        <Button type="submit" tone="action" block busy={submission.busy}>
          {t('common.save')}
        </Button>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
}

function NameFields({ draft, onChange }: FieldsProps) {
  const { t } = useDisplay();
  return (
    <>
      <SelectField
        label={t('tree.kind')}
        value={draft.kind}
        onChange={(kind) => onChange({ ...draft, kind })}
        choices={kinds.map((kind) => ({ value: kind, label: t(`assetKind.${kind}`) }))}
      />
      <TextField
        label={t('tree.name')}
        required
        maxLength={100}
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.target.value })}
      />
      <TextField
        label={t('assets.code')}
        hint={t('tree.codeHint')}
        required
        maxLength={64}
        value={draft.code}
        onChange={(event) => onChange({ ...draft, code: event.target.value })}
      />
      <TextField
        label={t('tree.address')}
        optional={t('common.optional')}
        maxLength={200}
        value={draft.address}
        onChange={(event) => onChange({ ...draft, address: event.target.value })}
      />
      <TextField
        label={t('tree.place')}
        optional={t('common.optional')}
        hint={t('tree.placeHint')}
        value={draft.place}
        onChange={(event) => onChange({ ...draft, place: event.target.value })}
      />
    </>
  );
}

function TreeFields({ draft, assets, onChange }: FieldsProps & { assets: readonly AssetView[] }) {
  const { t, locale } = useDisplay();
  const companies = useQuery('companies', api.companies);
  const grids = useQuery('grids', api.grids);
  const inherited = { value: '', label: t('tree.inherited') };
  return (
    <>
      <SelectField
        label={t('tree.parent')}
        value={draft.parentId}
        onChange={(parentId) => onChange({ ...draft, parentId })}
        choices={[{ value: '', label: t('tree.noParent') }, ...assetChoices(assets, locale)]}
      />
      <SelectField
        label={t('tree.company')}
        value={draft.companyId}
        onChange={(companyId) => onChange({ ...draft, companyId })}
        choices={[
          inherited,
          ...(companies.data ?? []).map((company) => ({ value: String(company.id), label: company.name })),
        ]}
      />
      <SelectField
        label={t('where.grid')}
        value={draft.gridId}
        onChange={(gridId) => onChange({ ...draft, gridId })}
        choices={[
          inherited,
          ...(grids.data ?? [])
            .filter((grid) => grid.level === 'grid')
            .map((grid) => ({ value: String(grid.id), label: grid.name })),
        ]}
      />
    </>
  );
}

function SwitchField({ draft, onChange }: FieldsProps) {
  const { t } = useDisplay();
  if (draft.kind !== 'breaker' && draft.kind !== 'valve') return null;
  return (
    <ChoiceField
      label={t('assets.remoteSwitch')}
      columns={1}
      value={draft.remoteSwitch}
      onChange={(remoteSwitch) => onChange({ ...draft, remoteSwitch })}
      choices={switching.map((value) => ({ value, label: t(`remoteSwitch.${value}`) }))}
    />
  );
}
