import { useState } from 'react';
import type { GridView, IncidentDetail } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { distanceM, type OwnPosition, useOwnPosition } from '../core/position.ts';
import { useQuery } from '../core/query.ts';
import { type Display, useDisplay } from '../i18n/language.tsx';
import type { MapMarker } from '../map/marker.tsx';
import { SchematicMap } from '../map/schematic-map.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card } from '../ui/surface.tsx';
import { isUnanswered, whoName } from './describe.ts';

/** Where she is: the address first, then our map, then how well we know it. */
export function WhereCard({ incident, narrow = false }: { incident: IncidentDetail; narrow?: boolean }) {
  const { t } = useDisplay();
  const own = useOwnPosition();
  const grids = useQuery('grids', api.grids);
  const [choosing, setChoosing] = useState(false);
  return (
    <Card title={t('where.title')} icon="pin" flush>
      <div className="grid gap-3 px-4 pt-2 pb-3">
        <Place incident={incident} />
        {incident.navigation.length > 0 && (
          <Button tone="soft" icon="navigate" block onClick={() => setChoosing(true)}>
            {t('where.navigate')}
          </Button>
        )}
      </div>
      {incident.location && grids.data && (
        <div className={narrow ? 'wide:hidden' : ''}>
          <IncidentMap incident={incident} grids={grids.data} own={own} />
        </div>
      )}
      <div className="grid gap-2 px-4 py-3">
        {!(incident.outage && !incident.location) && <FixLine incident={incident} />}
        <DistanceLine incident={incident} own={own} />
      </div>
      <NavigateDialog incident={incident} open={choosing} onClose={() => setChoosing(false)} />
    </Card>
  );
}

function Place({ incident }: { incident: IncidentDetail }) {
  const { t } = useDisplay();
  const home = incident.subjectDetail?.homeAddress;
  const address = incident.address ?? home;
  return (
    <div>
      <p className="text-lead font-bold">
        {address ?? (incident.location ? t('where.pointOnly') : t('where.unknown'))}
      </p>
      <p className="text-small text-muted">
        {incident.grid?.name ?? t('where.noGrid')} · {t(`responsibleBy.${incident.responsibleBy}`)}
      </p>
      {home && home !== address && (
        <p className="text-small text-muted">{t('where.home', { address: home })}</p>
      )}
    </div>
  );
}

function IncidentMap({
  incident,
  grids,
  own,
}: {
  incident: IncidentDetail;
  grids: readonly GridView[];
  own: OwnPosition;
}) {
  const display = useDisplay();
  const { t } = display;
  const { location } = incident;
  if (!location) return null;
  const place = incident.address ?? t('where.pointOnly');
  const markers: MapMarker[] = [
    {
      key: 'incident',
      kind: isUnanswered(incident.status) ? 'incident' : 'taken',
      latitude: location.latitude,
      longitude: location.longitude,
      accuracyM: location.accuracyM,
      title: `${whoName(incident, display)}: ${place}`,
      text: whoName(incident, display),
    },
  ];
  if (own.place)
    markers.push({
      key: 'me',
      kind: 'me',
      ...own.place,
      title: t('where.you'),
      text: t('where.you'),
      fit: false,
    });
  return (
    <SchematicMap
      grids={grids}
      markers={markers}
      focusGridId={incident.grid?.id}
      label={t('map.incident', { who: whoName(incident, display), place, grid: incident.grid?.name ?? '' })}
    />
  );
}

function fixText(incident: IncidentDetail, { t, format }: Display, now: number): string {
  const { location } = incident;
  if (!location) return t('where.noFix');
  const parts = [t(`fix.${location.source}`)];
  if (location.source !== 'home' && location.source !== 'asset') {
    parts.push(
      location.accuracyM === undefined
        ? t('where.accuracyUnknown')
        : `± ${format.metres(location.accuracyM)}`,
    );
    if (location.observedAt !== undefined) parts.push(format.ago(location.observedAt, now));
    parts.push(location.fresh ? t('where.fresh') : t('where.lastKnown'));
  }
  return parts.join(' · ');
}

function FixLine({ incident }: { incident: IncidentDetail }) {
  const display = useDisplay();
  const now = useNow(5000);
  const { location } = incident;
  const vague = !location || location.source === 'home' || !location.fresh || (location.accuracyM ?? 0) > 200;
  return (
    <p className={`flex items-start gap-2 text-small ${vague ? 'font-semibold text-warn' : ''}`}>
      <Icon name={vague ? 'alert' : 'target'} size={20} className="mt-0.5" />
      {fixText(incident, display, now)}
    </p>
  );
}

function DistanceLine({ incident, own }: { incident: IncidentDetail; own: OwnPosition }) {
  const { t, format } = useDisplay();
  const { location } = incident;
  if (!location || own.state === 'unavailable') return null;
  if (own.place) {
    const text = t('where.distance', { distance: format.metres(distanceM(own.place, location)) });
    return (
      <p className="flex items-start gap-2 text-small font-semibold">
        <Icon name="run" size={20} className="mt-0.5" />
        {text}
      </p>
    );
  }
  if (own.state === 'ask') {
    return (
      <Button tone="bare" size="small" icon="target" onClick={own.ask}>
        {t('where.showDistance')}
      </Button>
    );
  }
  return (
    <p className="text-small text-muted">{t(own.state === 'refused' ? 'where.refused' : 'where.locating')}</p>
  );
}

function NavigateDialog({
  incident,
  open,
  onClose,
}: {
  incident: IncidentDetail;
  open: boolean;
  onClose: () => void;
}) {
  const { t } = useDisplay();
  return (
    <Dialog open={open} onClose={onClose} title={t('where.chooseMap')} note={t('where.chooseMapNote')}>
      <div className="grid gap-2">
        {incident.navigation.map((link) => (
          <Button key={link.app} asChild block tone="plain">
            <a href={link.url} target="_blank" rel="noreferrer" onClick={onClose}>
              {t(`app.${link.app}`)}
            </a>
          </Button>
        ))}
      </div>
    </Dialog>
  );
}
