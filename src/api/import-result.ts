import type { ImportFault, ImportField, ImportOutcome } from '../people/imports/import-fault.ts';
import type { ImportResult } from './asset-schemas.ts';
import { messageOf } from './messages.ts';
import type { Locale } from './schemas.ts';

/** More would not be read; who mends these sees the next. */
const MOST_FAULTS = 1_000;

/** An outcome as it is shown: each fault in the caller's language, columns as he calls them. */
export function importResult(
  outcome: ImportOutcome,
  { fields, locale }: { fields: readonly ImportField[]; locale: Locale },
): ImportResult {
  const labels = new Map(fields.map(({ name, zh, en }) => [name, locale === 'en' ? en : zh]));
  const view = ({ line, field, code, details = {} }: ImportFault): ImportResult['faults'][number] => {
    const label = field === null ? null : (labels.get(field) ?? field);
    const message = messageOf(code, { locale, details: { ...details, ...(label ? { field: label } : {}) } });
    return { line, field: label, message };
  };
  const { created, updated, unchanged, faults, secrets } = outcome;
  const shown = faults.slice(0, MOST_FAULTS);
  const next = faults[MOST_FAULTS];
  const rest: ImportFault[] = next
    ? [{ line: next.line, field: null, code: 'IMPORT_MORE', details: { count: faults.length - MOST_FAULTS } }]
    : [];
  return {
    created,
    updated,
    unchanged,
    faults: [...shown, ...rest].map(view),
    ...(secrets ? { secrets } : {}),
  };
}
