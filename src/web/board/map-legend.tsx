import { useDisplay } from '../i18n/language.tsx';

/** Shapes as well as colours tell the states apart. */
export function MapLegend() {
  const { t } = useDisplay();
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5 text-fine text-muted">
      <li className="flex items-center gap-1.5">
        <svg viewBox="0 0 16 16" className="size-3.5" aria-hidden="true">
          <path d="M8 16C6 11 2 9 2 6a6 6 0 0 1 12 0c0 3-4 5-6 10z" fill="#b3151b" />
        </svg>
        {t('legend.incident')}
      </li>
      <li className="flex items-center gap-1.5">
        <svg viewBox="0 0 16 16" className="size-3.5" aria-hidden="true">
          <circle cx="8" cy="8" r="6" fill="#146c2e" />
        </svg>
        {t('state.ok')}
      </li>
      <li className="flex items-center gap-1.5">
        <svg viewBox="0 0 16 16" className="size-3.5" aria-hidden="true">
          <path d="M8 1 15 14H1z" fill="#854600" />
        </svg>
        {t('state.attention')}
      </li>
      <li className="flex items-center gap-1.5">
        <svg viewBox="0 0 16 16" className="size-3.5" aria-hidden="true">
          <rect x="3" y="3" width="10" height="10" fill="#fff" stroke="#66716f" strokeWidth="3" />
        </svg>
        {t('state.unknown')}
      </li>
      <li className="flex items-center gap-1.5">
        <svg viewBox="0 0 16 16" className="size-3.5" aria-hidden="true">
          <circle cx="8" cy="8" r="4" fill="#8b9794" />
        </svg>
        {t('state.none')}
      </li>
    </ul>
  );
}
