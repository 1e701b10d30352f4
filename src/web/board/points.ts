import type { DeviceView, IncidentSummary, SubjectView } from '../../api/schemas.ts';
import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { type BoardState, boardState } from '../family/well-being.tsx';
import type { Display } from '../i18n/language.tsx';
import { isUnanswered, whoName } from '../incidents/describe.ts';
import type { MapMarker, MarkerKind } from '../map/marker.tsx';
import { deviceName, isGateway } from '../property/devices.ts';
import { clockAt } from '../tickets/clock.ts';
import { placeName } from '../tickets/describe.ts';

/** How a sensor or gateway stands. */
export type SensorState = 'fault' | 'down' | 'silent' | 'fine';

/** What watches a place and no person. */
export const isSensor = (device: DeviceView): boolean => device.active && device.subject === null;

export function sensorState(device: DeviceView): SensorState {
  if (isGateway(device) && device.online === false) return 'down';
  if (device.openTicketId !== null) return 'fault';
  return device.silent || device.online === false || device.lastSeenAt === null ? 'silent' : 'fine';
}

const wearerKinds: Readonly<Record<BoardState, MarkerKind>> = {
  ok: 'calm',
  attention: 'worry',
  emergency: 'worry',
  unknown: 'silent',
  none: 'plain',
};
const sensorKinds: Readonly<Record<SensorState, MarkerKind>> = {
  fault: 'ticket',
  down: 'gatewayDown',
  silent: 'sensorSilent',
  fine: 'sensor',
};

/** Their homes; whoever has an open incident is where its pin stands. */
export function wearerMarkers(subjects: readonly SubjectView[], { t }: Display): MapMarker[] {
  return subjects.flatMap((subject) => {
    const { homeLatitude: latitude, homeLongitude: longitude } = subject;
    if (latitude === null || longitude === null || subject.openIncidentId !== null) return [];
    const state = boardState(subject);
    const title = `${subject.name}: ${t(`state.${state}`)}`;
    return [
      { key: `wearer-${subject.id}`, kind: wearerKinds[state], latitude, longitude, title, fit: false },
    ];
  });
}

export function incidentMarkers(
  incidents: readonly IncidentSummary[],
  selectedId: number | undefined,
  display: Display,
): MapMarker[] {
  return incidents.flatMap((incident) => {
    if (!incident.location) return [];
    const { latitude, longitude, accuracyM } = incident.location;
    const who = whoName(incident, display);
    const kind: MarkerKind = isUnanswered(incident.status) ? 'incident' : 'taken';
    const title = `${display.word('kind', incident.kind)}: ${who}, ${display.t(`status.${incident.status}`)}`;
    const selected = incident.id === selectedId;
    return [
      {
        key: `incident-${incident.id}`,
        ...{ kind, latitude, longitude, accuracyM, text: who, title, selected, fit: false },
      },
    ];
  });
}

/** Sensors without an open ticket: where there is one, that stands on the map. */
export function sensorMarkers(devices: readonly DeviceView[], { t }: Display): MapMarker[] {
  return devices.flatMap((device) => {
    const state = sensorState(device);
    if (!device.location || !isSensor(device) || state === 'fault') return [];
    const title = `${deviceName(device)}: ${t(`sensorState.${state}`)}`;
    return [{ key: `device-${device.id}`, kind: sensorKinds[state], ...device.location, title, fit: false }];
  });
}

interface TicketTimes {
  readAt: number;
  now: number;
  selectedId: number | undefined;
}

export function ticketMarkers(
  tickets: readonly TicketSummary[],
  { readAt, now, selectedId }: TicketTimes,
  { t, word }: Display,
): MapMarker[] {
  return tickets.flatMap((ticket) => {
    if (!ticket.location) return [];
    const isOver = clockAt(ticket.clock, readAt, now).state === 'over';
    const isHot = isOver || ticket.severity === 'critical';
    const selected = ticket.id === selectedId;
    return [
      {
        key: `ticket-${ticket.id}`,
        kind: isHot ? ('ticketOver' as const) : ('ticket' as const),
        ...ticket.location,
        ...(selected ? { text: placeName(ticket) } : {}),
        title: `${word('kind', ticket.kind)}: ${placeName(ticket)}, ${t(`ticketStatus.${ticket.status}`)}`,
        selected,
        fit: false,
      },
    ];
  });
}
