import type { ImportResult } from '../../api/asset-schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Notice } from '../ui/surface.tsx';
import { CopyBlock } from './copy-block.tsx';

interface ImportReportProps {
  result: ImportResult;
  isPreview: boolean;
  /** Faults are named by feature instead of by line. */
  isGeo: boolean;
}

/** What a file brings, and each thing that is wrong with it. */
export function ImportReport({ result, isPreview, isGeo }: ImportReportProps) {
  const { t, format } = useDisplay();
  const { created, updated, unchanged, faults, secrets = [] } = result;
  const figures = [
    [t('import.created'), created],
    [t('import.updated'), updated],
    [t('import.unchanged'), unchanged],
    // A line may have several faults.
    [t('import.faulty'), new Set(faults.map(({ line }) => line)).size],
  ] as const;
  return (
    <div role="status" className="grid gap-3">
      {!isPreview && <Notice tone="ok" icon="checkCircle" title={t('import.done')} />}
      <dl className="grid grid-cols-4 gap-px overflow-hidden rounded-control border border-line bg-line large:grid-cols-2">
        {figures.map(([label, value]) => (
          <div key={label} className="flex flex-col-reverse bg-surface px-3 py-2">
            <dd className="tnum text-lead font-bold">{format.number(value)}</dd>
            <dt className="text-fine text-muted">{label}</dt>
          </div>
        ))}
      </dl>
      {faults.length > 0 && <Faults faults={faults} isGeo={isGeo} />}
      {secrets.length > 0 && (
        <>
          <Notice tone="warn" icon="lock" title={t('devices.secretOnce')} />
          <CopyBlock
            label={t('import.secrets', { count: secrets.length })}
            text={secrets.map(({ nativeId, secret }) => `${nativeId},${secret}`).join('\n')}
          />
        </>
      )}
    </div>
  );
}

/** More than anybody mends at once; the next look shows the rest. */
const MOST = 200;

function Faults({ faults, isGeo }: { faults: ImportResult['faults']; isGeo: boolean }) {
  const { t } = useDisplay();
  return (
    <section aria-label={t('import.faulty')} className="grid gap-1.5">
      <p className="text-small font-semibold text-danger">{t('import.faultsNote')}</p>
      <ol
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached by keyboard.
        tabIndex={0}
        className="max-h-64 divide-y divide-line overflow-y-auto rounded-control border border-line"
      >
        {faults.slice(0, MOST).map((fault) => (
          <li key={`${fault.line}-${fault.field}-${fault.message}`} className="px-3 py-1.5 text-small">
            <span className="tnum font-semibold">
              {isGeo ? t('import.feature', { number: fault.line }) : t('import.line', { number: fault.line })}
            </span>
            {fault.field && <span className="font-mono text-fine"> {fault.field}</span>}
            <span className="block">{fault.message}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
