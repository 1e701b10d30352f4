import { useDisplay } from '../i18n/language.tsx';
import type { CatalogueModel } from './device-draft.ts';

const MOST_MINUTES = 120;
const YEAR_DAYS = 365;

/** What is to be expected of a model: what it is, how often it reports, how long its battery lasts, what it tells. */
export function ModelFacts({ model }: { model: CatalogueModel }) {
  const { t, word } = useDisplay();
  const told = model.signals.map((signal) => word('signal', signal)).join(t('common.comma'));
  const { batteryDays } = model;
  const battery =
    batteryDays === null
      ? undefined
      : batteryDays < 2 * YEAR_DAYS
        ? t('devices.batteryDays', { days: batteryDays })
        : t('devices.batteryYears', { years: Math.floor(batteryDays / YEAR_DAYS) });
  return (
    <p className="rounded-control bg-paper px-3 py-2 text-small">
      <span className="font-semibold">{word('model', model.kind)}</span>
      {[useInterval(model.everySeconds), battery].map((fact) => fact && ` · ${fact}`)}
      <br />
      {told}
    </p>
  );
}

function useInterval(everySeconds: number | null): string | undefined {
  const { t } = useDisplay();
  if (everySeconds === null) return undefined;
  if (everySeconds < 60)
    return t('devices.every', { interval: t('devices.everySeconds', { count: everySeconds }) });
  const minutes = Math.round(everySeconds / 60);
  const interval =
    minutes < MOST_MINUTES
      ? t('devices.everyMinutes', { count: minutes })
      : t('devices.everyHours', { count: Math.round(minutes / 60) });
  return t('devices.every', { interval });
}
