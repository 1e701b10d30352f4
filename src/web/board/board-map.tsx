import { useCallback, useMemo, useState } from 'react';
import type { DeviceView, GridView, IncidentSummary, SubjectView } from '../../api/schemas.ts';
import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import type { Place } from '../core/position.ts';
import { navigate, pathTo } from '../core/router.ts';
import { useSession } from '../core/session.tsx';
import { recall, remember } from '../core/storage.ts';
import { useDisplay } from '../i18n/language.tsx';
import type { MapMarker } from '../map/marker.tsx';
import { ringsOf } from '../map/projection.ts';
import { SchematicMap } from '../map/schematic-map.tsx';
import { useReadAt } from '../tickets/clock-bar.tsx';
import { Loading } from '../ui/states.tsx';
import { Card } from '../ui/surface.tsx';
import { withBelow } from './area.ts';
import { MapLegend } from './map-legend.tsx';
import { PlaceCard } from './place-card.tsx';
import { incidentMarkers, sensorMarkers, ticketMarkers, wearerMarkers } from './points.ts';

const layers = ['wearers', 'sensors', 'tickets'] as const;
type Layer = (typeof layers)[number];

interface BoardMapProps {
  grids: readonly GridView[] | undefined;
  incidents: readonly IncidentSummary[];
  tickets: readonly TicketSummary[];
  subjects: readonly SubjectView[];
  devices: readonly DeviceView[];
  chosen: { incidentId: number | undefined; ticketId: number | undefined };
  focusGridId: number | undefined;
}

function useLayers() {
  const [hidden, setHidden] = useState<readonly Layer[]>(() => {
    const kept = recall('board.hidden');
    return Array.isArray(kept) ? layers.filter((layer) => kept.includes(layer)) : [];
  });
  const toggle = (layer: Layer) => {
    const next = hidden.includes(layer) ? hidden.filter((one) => one !== layer) : [...hidden, layer];
    remember('board.hidden', next);
    setHidden(next);
  };
  return { hidden, toggle };
}

/** What the map may show, by layer; incidents always. */
function usePoints(props: BoardMapProps): Record<Layer | 'incidents', MapMarker[]> {
  const display = useDisplay();
  const { incidents, tickets, subjects, devices } = props;
  const { incidentId, ticketId } = props.chosen;
  const readAt = useReadAt(tickets);
  const now = useNow(10_000);
  const wearers = useMemo(() => wearerMarkers(subjects, display), [subjects, display]);
  const sensors = useMemo(() => sensorMarkers(devices, display), [devices, display]);
  const work = useMemo(
    () => ticketMarkers(tickets, { readAt, now, selectedId: ticketId }, display),
    [tickets, readAt, now, ticketId, display],
  );
  const pins = useMemo(
    () => incidentMarkers(incidents, incidentId, display),
    [incidents, incidentId, display],
  );
  return { wearers, sensors, tickets: work, incidents: pins };
}

function follow(key: string): boolean {
  const [kind, id] = key.split('-');
  if (kind === 'incident') navigate(pathTo('boardIncident', Number(id)));
  if (kind === 'ticket') navigate(pathTo('boardTicket', Number(id)));
  return kind === 'incident' || kind === 'ticket';
}

/** The cells of the desk's own area and what is shown in them: a community looks at itself and not at the whole city. */
function useOwnPlaces(grids: readonly GridView[] | undefined, markers: readonly MapMarker[]): Place[] {
  const { me } = useSession();
  return useMemo(() => {
    const all = grids ?? [];
    const own = new Set(
      me.grids.filter(({ duty }) => duty === 'desk').flatMap(({ id }) => [...withBelow(id, all)]),
    );
    const cells = all.filter(({ id, level }) => level === 'grid' && own.has(id));
    if (cells.length === 0) return [];
    const corners = cells.flatMap(({ polygon }) => ringsOf(polygon).flat());
    return [...corners, ...markers.filter(({ fit }) => fit !== false)];
  }, [grids, me.grids, markers]);
}

/** Everything in its place. What would cover each other stands as one with a number; a press takes it apart or lists it. */
export function BoardMap(props: BoardMapProps) {
  const { t, format } = useDisplay();
  const points = usePoints(props);
  const { hidden, toggle } = useLayers();
  const [opened, setOpened] = useState<readonly string[]>([]);
  const { wearers, sensors, tickets, incidents } = points;
  const markers = useMemo(() => {
    const shown = { wearers, sensors, tickets };
    const visible = layers.filter((layer) => !hidden.includes(layer));
    return [...visible.flatMap((layer) => shown[layer]), ...incidents];
  }, [wearers, sensors, tickets, incidents, hidden]);
  const ownPlaces = useOwnPlaces(props.grids, markers);
  const groupTitle = useCallback(
    (members: readonly MapMarker[]) =>
      t('board.heap', { count: format.number(members.length), first: members[0]?.title ?? '' }),
    [t, format],
  );
  const focusGridId =
    props.incidents.find((one) => one.id === props.chosen.incidentId)?.grid?.id ?? props.focusGridId;
  return (
    <Card
      flush
      title={t('board.map')}
      icon="map"
      aside={<Layers points={points} hidden={hidden} onToggle={toggle} />}
      className="flex flex-col wide:min-h-72 wide:flex-1"
    >
      <div className="relative mt-1 flex min-h-0 flex-1 flex-col border-t border-line">
        <div className="relative aspect-[1.1] min-h-0 flex-1 middle:aspect-[1.5] wide:aspect-auto">
          {props.grids ? (
            <SchematicMap
              grids={props.grids}
              markers={markers}
              focusGridId={focusGridId}
              fitAll={focusGridId === undefined}
              fitTo={focusGridId === undefined ? ownPlaces : []}
              fill
              onMarker={(key) => follow(key) || setOpened([key])}
              groupTitle={groupTitle}
              onGroup={(members) => setOpened(members.map((member) => member.key))}
              label={t('map.board', { count: incidents.length })}
            />
          ) : (
            <Loading />
          )}
        </div>
        {opened.length > 0 && (
          <PlaceCard
            keys={opened}
            subjects={props.subjects}
            devices={props.devices}
            tickets={props.tickets}
            onClose={() => setOpened([])}
          />
        )}
      </div>
      <MapLegend />
    </Card>
  );
}

interface LayersProps {
  points: Record<Layer, readonly MapMarker[]>;
  hidden: readonly Layer[];
  onToggle: (layer: Layer) => void;
}

function Layers({ points, hidden, onToggle }: LayersProps) {
  const { t, format } = useDisplay();
  return (
    <fieldset aria-label={t('board.layers')} className="flex flex-wrap gap-1.5">
      {layers.map((layer) => (
        <button
          key={layer}
          type="button"
          aria-pressed={!hidden.includes(layer)}
          onClick={() => onToggle(layer)}
          className="tap-small rounded-full border border-edge px-3.5 text-small font-semibold aria-pressed:border-brand aria-pressed:bg-brand aria-pressed:text-white"
        >
          {t(`layer.${layer}`)} <span className="tnum">{format.number(points[layer].length)}</span>
        </button>
      ))}
    </fieldset>
  );
}
