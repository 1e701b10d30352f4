import { useState } from 'react';
import type { AlarmFigures, AlarmQuality } from '../../api/alarm-quality-schemas.ts';
import { type Display, useDisplay } from '../i18n/language.tsx';
import { Segments } from '../ui/segments.tsx';
import { Card } from '../ui/surface.tsx';
import { titleOfRule } from './rule-title.ts';
import { shareText } from './share-text.ts';
import { fatigueOf } from './verdict.ts';

export type GroupKind = 'workers' | 'grids' | 'models' | 'rules';
const kinds: readonly GroupKind[] = ['workers', 'grids', 'models', 'rules'];

type Row = AlarmFigures & { id: string; name: string; note?: string; tired?: string; isTired?: boolean };

function rowsOf(report: AlarmQuality, kind: GroupKind, display: Display): Row[] {
  const { t, word } = display;
  const none = t('quality.noGroup');
  switch (kind) {
    case 'workers':
      return report.workers.map((one) => ({
        ...one,
        id: String(one.key),
        note: one.roles.map((role) => word('role', role)).join(t('common.comma')),
        tired: `${one.notActionableNow} / ${one.notActionableMost}`,
        isTired: fatigueOf(one.notActionableMost) !== 'good',
      }));
    case 'grids':
      return report.grids.map((one) => ({ ...one, id: String(one.key), name: one.name ?? none }));
    case 'models':
      return report.models.map((one) => ({ ...one, id: String(one.key), name: one.key ?? none }));
    case 'rules':
      return report.rules.map((one) => ({ ...one, id: one.key, name: titleOfRule(one, display) }));
  }
}

/** The same figures by person, grid, model and rule; a spreadsheet has them all. */
export function GroupsCard({ report, csv }: { report: AlarmQuality; csv: (kind: GroupKind) => string }) {
  const display = useDisplay();
  const { t } = display;
  const [kind, setKind] = useState<GroupKind>('workers');
  const rows = rowsOf(report, kind, display);
  return (
    <Card
      title={t('quality.groups')}
      icon="list"
      flush
      aside={
        <a
          className="tap-small inline-flex items-center text-small font-semibold text-action underline"
          href={csv(kind)}
        >
          {t('quality.csv')}
        </a>
      }
    >
      <div className="px-4 pt-1 pb-2">
        <Segments
          label={t('quality.groups')}
          value={kind}
          onChange={setKind}
          choices={kinds.map((value) => ({ value, label: t(`quality.by.${value}`) }))}
        />
      </div>
      {rows.length === 0 ? (
        <p className="px-4 pb-4 text-small text-muted">{t('quality.none')}</p>
      ) : (
        <GroupTable rows={rows} label={t(`quality.by.${kind}`)} />
      )}
    </Card>
  );
}

function GroupTable({ rows, label }: { rows: readonly Row[]; label: string }) {
  const { t } = useDisplay();
  const hasTired = rows.some((row) => row.tired !== undefined);
  const heads = [
    t('quality.col.alarms'),
    // What was held back reached no person.
    ...(hasTired ? [] : [t('quality.col.held')]),
    t('quality.col.night'),
    t('quality.col.most'),
    t('quality.col.flood'),
    t('quality.col.actionable'),
    t('quality.col.false'),
    t('quality.col.p50'),
    t('quality.col.p95'),
    ...(hasTired ? [t('quality.col.tired')] : []),
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="overflow-x-auto">
      <table className="w-full min-w-max text-small">
        <thead>
          <tr className="border-b border-line text-fine text-muted">
            <th scope="col" className="sticky left-0 bg-surface px-4 py-2 text-left font-medium">
              {label}
            </th>
            {heads.map((head) => (
              <th key={head} scope="col" className="px-3 py-2 text-right font-medium">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <GroupRow key={row.id} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function GroupRow({ row }: { row: Row }) {
  const { format } = useDisplay();
  const share = (value: number | null) => (value === null ? '–' : shareText(value, format));
  const span = (ms: number | null) => (ms === null ? '–' : format.span(ms));
  const { false_press, device_fault, harmless } = row.findings;
  const cells = [
    format.number(row.alarms),
    ...(row.tired === undefined ? [format.number(row.held)] : []),
    format.number(row.atNight),
    format.number(row.most10Min),
    share(row.floodShare),
    share(row.actionableShare),
    format.number(false_press + device_fault + harmless),
    span(row.acknowledgeMsP50),
    span(row.acknowledgeMsP95),
  ];
  return (
    <tr className="border-b border-line last:border-0">
      <th
        scope="row"
        className="sticky left-0 max-w-[9.5rem] bg-surface px-4 py-2 text-left font-medium middle:max-w-none"
      >
        {row.name}
        {row.note && <span className="block text-fine font-normal text-muted">{row.note}</span>}
      </th>
      {cells.map((cell, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its column
        <td key={i} className="tnum px-3 py-2 text-right whitespace-nowrap">
          {cell}
        </td>
      ))}
      {row.tired !== undefined && (
        <td className={`tnum px-3 py-2 text-right ${row.isTired ? 'font-bold text-danger' : ''}`}>
          {row.tired}
        </td>
      )}
    </tr>
  );
}
