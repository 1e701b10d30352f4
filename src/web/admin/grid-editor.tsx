import { useReducer, useState } from 'react';
import type { GridView } from '../../api/schemas.ts';
import type { GridLevel } from '../../model/incidents.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import type { Place } from '../core/position.ts';
import { useDisplay } from '../i18n/language.tsx';
import { SchematicMap } from '../map/schematic-map.tsx';
import { Button } from '../ui/button.tsx';
import { SelectField, TextArea, TextField } from '../ui/field.tsx';
import { type Submission, useSubmit } from '../ui/submit.ts';
import { Card, Notice } from '../ui/surface.tsx';
import { OutlineOverlay } from './outline-overlay.tsx';
import { cornersOf, type Drawn, drawStep, fromText, type Step, toPolygon, toText } from './ring-edit.ts';

interface GridDraft {
  name: string;
  code: string;
  level: GridLevel;
  parentId: string;
}

interface GridEditorProps {
  grids: readonly GridView[];
  /** Undefined: a new one, below `parent`. */
  grid: GridView | undefined;
  parent: GridView | undefined;
  onClose: () => void;
  onSaved: () => void;
}

const gridLevels: readonly GridLevel[] = ['city', 'street', 'community', 'grid'];
const below = (level: GridLevel): GridLevel => gridLevels[gridLevels.indexOf(level) + 1] ?? 'grid';

/** Draws a grid on the map, or by its coordinates, and says what it is called. */
export function GridEditor({ grids, grid, parent, onClose, onSaved }: GridEditorProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [drawn, step] = useReducer(drawStep, {
    corners: (grid && cornersOf(grid.polygon)) ?? [],
    before: [],
  } satisfies Drawn);
  const [draft, setDraft] = useState<GridDraft>({
    name: grid?.name ?? '',
    code: grid?.code ?? '',
    level: grid?.level ?? below(parent?.level ?? 'community'),
    parentId: String(parent?.id ?? ''),
  });
  const save = async () => {
    if (drawn.corners.length < 3) {
      submission.refuse(t('grids.tooFew'));
      return;
    }
    const shape = { name: draft.name, code: draft.code, polygon: toPolygon(drawn.corners) };
    const parentId = draft.parentId === '' ? null : Number(draft.parentId);
    if (grid) await adminApi.patchGrid(grid.id, shape);
    else await adminApi.createGrid({ ...shape, level: draft.level, parentId });
    onSaved();
    onClose();
  };
  return (
    <Card title={grid ? t('grids.edit', { name: grid.name }) : t('grids.draw')} icon="edit">
      <form
        className="grid min-w-0 gap-4 wide:grid-cols-[minmax(0,1fr)_20rem] wide:items-start"
        onSubmit={submission.onSubmit(save)}
      >
        <EditorMap
          grids={grids.filter((one) => one.id !== grid?.id)}
          focusGridId={parent?.id}
          drawn={drawn}
          onStep={step}
        />
        <div className="grid min-w-0 gap-4">
          <GridFields draft={draft} grids={grids} isNew={!grid} onChange={setDraft} />
          <CornersText corners={drawn.corners} onStep={step} />
          <Buttons submission={submission} onClose={onClose} />
        </div>
      </form>
    </Card>
  );
}

function Buttons({ submission, onClose }: { submission: Submission; onClose: () => void }) {
  const { t } = useDisplay();
  return (
    <>
      {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" tone="action" busy={submission.busy}>
          {t('common.save')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </div>
    </>
  );
}

interface EditorMapProps {
  grids: readonly GridView[];
  focusGridId: number | undefined;
  drawn: Drawn;
  onStep: (step: Step) => void;
}

function EditorMap({ grids, focusGridId, drawn, onStep }: EditorMapProps) {
  const { t } = useDisplay();
  const { corners, before } = drawn;
  // Fitted once: the picture must not move under the hand that draws.
  const [fitted] = useState(corners);
  return (
    <div className="grid min-w-0 gap-2">
      <p className="text-small text-muted">{t('grids.drawNote')}</p>
      <div className="overflow-hidden rounded-control border border-line">
        <SchematicMap
          grids={grids}
          markers={[]}
          focusGridId={focusGridId}
          fitTo={fitted}
          shape={1.2}
          onPick={(place) => onStep({ do: 'add', place })}
          overlay={(drawing) => <OutlineOverlay drawing={drawing} corners={corners} onStep={onStep} />}
          label={t('grids.drawing', { count: corners.length })}
        />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="small"
          icon="undo"
          disabled={before.length === 0}
          onClick={() => onStep({ do: 'undo' })}
        >
          {t('grids.undo')}
        </Button>
        <Button
          size="small"
          icon="minus"
          disabled={corners.length === 0}
          onClick={() => onStep({ do: 'remove', index: corners.length - 1 })}
        >
          {t('grids.removeLast')}
        </Button>
        <Button
          size="small"
          icon="close"
          disabled={corners.length === 0}
          onClick={() => onStep({ do: 'replace', corners: [] })}
        >
          {t('grids.clear')}
        </Button>
        <p role="status" className="tnum text-small text-muted">
          {t('grids.corners', { count: corners.length })}
        </p>
      </div>
    </div>
  );
}

interface GridFieldsProps {
  draft: GridDraft;
  grids: readonly GridView[];
  isNew: boolean;
  onChange: (draft: GridDraft) => void;
}

function GridFields({ draft, grids, isNew, onChange }: GridFieldsProps) {
  const { t } = useDisplay();
  const parents = grids.filter((one) => one.level !== 'grid');
  return (
    <>
      <TextField
        label={t('grids.name')}
        required
        maxLength={100}
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.target.value })}
      />
      <TextField
        label={t('grids.code')}
        hint={t('grids.codeHint')}
        required
        maxLength={64}
        value={draft.code}
        onChange={(event) => onChange({ ...draft, code: event.target.value })}
      />
      {isNew && (
        <>
          <SelectField
            label={t('grids.level')}
            value={draft.level}
            onChange={(level) => onChange({ ...draft, level })}
            choices={gridLevels.map((level) => ({ value: level, label: t(`level.${level}`) }))}
          />
          <SelectField
            label={t('grids.parent')}
            value={draft.parentId}
            onChange={(parentId) => onChange({ ...draft, parentId })}
            choices={[
              { value: '', label: t('grids.noParent') },
              ...parents.map((one) => ({ value: String(one.id), label: one.name })),
            ]}
          />
        </>
      )}
    </>
  );
}

/** The same outline as text, for whoever draws without a pointer. */
function CornersText({ corners, onStep }: { corners: readonly Place[]; onStep: (step: Step) => void }) {
  const { t } = useDisplay();
  const [typed, setTyped] = useState<string | undefined>();
  const read = typed === undefined ? undefined : fromText(typed);
  const wrong = read && 'wrongLine' in read ? read.wrongLine : undefined;
  return (
    <TextArea
      label={t('grids.coordinates')}
      hint={t('grids.coordinatesHint')}
      error={wrong === undefined ? undefined : t('grids.wrongLine', { line: wrong })}
      rows={5}
      spellCheck={false}
      value={typed ?? toText(corners)}
      onChange={(event) => {
        setTyped(event.target.value);
        const next = fromText(event.target.value);
        if ('corners' in next) onStep({ do: 'replace', corners: next.corners });
      }}
      onBlur={() => wrong === undefined && setTyped(undefined)}
    />
  );
}
