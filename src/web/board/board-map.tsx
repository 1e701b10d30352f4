import type { IncidentSummary, SubjectView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { navigate, pathTo } from '../core/router.ts';
import { type BoardState, boardState } from '../family/well-being.tsx';
import { type Display, useDisplay } from '../i18n/language.tsx';
import { isUnanswered, whoName } from '../incidents/describe.ts';
import type { MapMarker, MarkerKind } from '../map/marker.tsx';
import { SchematicMap } from '../map/schematic-map.tsx';
import { Loading } from '../ui/states.tsx';
import { Card } from '../ui/surface.tsx';
import { MapLegend } from './map-legend.tsx';

const dots: Readonly<Record<BoardState, MarkerKind>> = {
  ok: 'calm',
  attention: 'worry',
  emergency: 'worry',
  unknown: 'silent',
  none: 'plain',
};

function homeMarkers(subjects: readonly SubjectView[], { t }: Display): MapMarker[] {
  return subjects.flatMap((subject) => {
    const { homeLatitude: latitude, homeLongitude: longitude } = subject;
    if (latitude === null || longitude === null || subject.openIncidentId !== null) return [];
    const title = `${subject.name}: ${t(`state.${boardState(subject)}`)}`;
    return [
      { key: `home-${subject.id}`, kind: dots[boardState(subject)], latitude, longitude, title, fit: false },
    ];
  });
}

function incidentMarkers(
  incidents: readonly IncidentSummary[],
  selectedId: number | undefined,
  display: Display,
): MapMarker[] {
  return incidents.flatMap((incident) => {
    if (!incident.location) return [];
    const { latitude, longitude, accuracyM } = incident.location;
    const who = whoName(incident, display);
    return [
      {
        key: String(incident.id),
        kind: isUnanswered(incident.status) ? ('incident' as const) : ('taken' as const),
        latitude,
        longitude,
        accuracyM,
        text: who,
        title: `${display.word('kind', incident.kind)}: ${who}, ${display.t(`status.${incident.status}`)}`,
        selected: incident.id === selectedId,
        fit: false,
      },
    ];
  });
}

interface BoardMapProps {
  incidents: readonly IncidentSummary[];
  subjects: readonly SubjectView[];
  selectedId: number | undefined;
}

export function BoardMap({ incidents, subjects, selectedId }: BoardMapProps) {
  const display = useDisplay();
  const { t } = display;
  const grids = useQuery('grids', api.grids);
  const focus = incidents.find((one) => one.id === selectedId)?.grid?.id;
  const pins = incidentMarkers(incidents, selectedId, display);
  const open = (key: string) => {
    if (/^\d+$/.test(key)) navigate(pathTo('boardIncident', Number(key)));
  };
  return (
    <Card title={t('board.map')} icon="map" flush aside={<MapLegend />}>
      <div className="mt-1 border-t border-line">
        {grids.data ? (
          <SchematicMap
            grids={grids.data}
            markers={[...homeMarkers(subjects, display), ...pins]}
            focusGridId={focus}
            fitAll
            shape={1.35}
            onMarker={open}
            label={t('map.board', { count: pins.length })}
          />
        ) : (
          <Loading />
        )}
      </div>
    </Card>
  );
}
