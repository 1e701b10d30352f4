import type { AlarmQuality } from '../../api/alarm-quality-schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { type Display, useDisplay } from '../i18n/language.tsx';
import { SelectField } from '../ui/field.tsx';
import { titleOfRule } from './rule-title.ts';

const filters = ['grid', 'worker', 'model', 'rule'] as const;
export type Filter = (typeof filters)[number];
/** Of whom, where and of what the alarms are; empty is all. */
export type Chosen = Readonly<Record<Filter, string>>;
export const nothingChosen: Chosen = { grid: '', worker: '', model: '', rule: '' };

/** As the service is asked. */
export const askedFor = ({ grid, worker, model, rule }: Chosen) => ({
  ...(grid === '' ? {} : { grid: Number(grid) }),
  ...(worker === '' ? {} : { worker: Number(worker) }),
  ...(model === '' ? {} : { model }),
  ...(rule === '' ? {} : { rule }),
});

interface FiltersProps {
  /** Of the period, with nothing chosen: who and what can be chosen. */
  all: AlarmQuality | undefined;
  chosen: Chosen;
  onChange: (chosen: Chosen) => void;
}

export function Filters({ all, chosen, onChange }: FiltersProps) {
  const display = useDisplay();
  const { t } = display;
  const grids = useQuery('grids', api.grids);
  const choices: Record<Filter, Choice[]> = {
    grid: (grids.data ?? []).map((grid) => ({ value: String(grid.id), label: grid.name })),
    ...choicesIn(all, display),
  };
  return (
    <div className="grid basis-full grid-cols-2 gap-3 large:grid-cols-1 middle:grid-cols-4">
      {filters.map((filter) => (
        <SelectField
          key={filter}
          label={t(`quality.filter.${filter}`)}
          value={chosen[filter]}
          onChange={(value) => onChange({ ...chosen, [filter]: value })}
          choices={[{ value: '', label: t('quality.all') }, ...kept(choices[filter], chosen[filter])]}
        />
      ))}
    </div>
  );
}

interface Choice {
  value: string;
  label: string;
}

/** What is chosen can be seen, though there is none of it in another period. */
const kept = (choices: readonly Choice[], chosen: string): readonly Choice[] =>
  chosen === '' || choices.some(({ value }) => value === chosen)
    ? choices
    : [...choices, { value: chosen, label: chosen }];

function choicesIn(
  all: AlarmQuality | undefined,
  display: Display,
): Record<Exclude<Filter, 'grid'>, Choice[]> {
  const sorted = (choices: Choice[]) =>
    choices.sort((a, b) => a.label.localeCompare(b.label, display.locale));
  return {
    worker: sorted((all?.workers ?? []).map(({ key, name }) => ({ value: String(key), label: name }))),
    model: sorted(
      (all?.models ?? []).flatMap(({ key }) => (key === null ? [] : [{ value: key, label: key }])),
    ),
    rule: sorted((all?.rules ?? []).map((one) => ({ value: one.key, label: titleOfRule(one, display) }))),
  };
}
