import { useDisplay } from '../i18n/language.tsx';
import { MarkerSample } from '../map/marker.tsx';

/** Shapes as well as colours tell the states apart. */
export function MapLegend() {
  const { t } = useDisplay();
  const samples = [
    ['incident', t('legend.incident')],
    ['ticketOver', t('legend.ticketOver')],
    ['ticket', t('legend.ticket')],
    ['gatewayDown', t('sensorState.down')],
    ['calm', t('legend.wearerOk')],
    ['worry', t('state.attention')],
    ['silent', t('legend.wearerSilent')],
    ['sensor', t('legend.sensor')],
    ['sensorSilent', t('legend.sensorSilent')],
  ] as const;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-0.5 border-t border-line px-4 py-2 text-fine text-muted">
      {samples.map(([kind, text]) => (
        <li key={kind} className="flex items-center gap-1.5">
          <MarkerSample kind={kind} />
          {text}
        </li>
      ))}
    </ul>
  );
}
