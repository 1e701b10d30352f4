import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogue } from '../../protocols/catalogue.ts';
import type { AssetView } from '../../src/api/asset-schemas.ts';
import { firstDraft, knownModel, toDeviceInput, wornLanguages } from '../../src/web/admin/device-draft.ts';
import { zigbee2mqttConfig } from '../../src/web/admin/gateway-config.ts';
import { importBlob } from '../../src/web/admin/import-dialog.tsx';
import {
  cornersOf,
  drawStep,
  fromText,
  nothingDrawn,
  toPolygon,
  toText,
} from '../../src/web/admin/ring-edit.ts';
import { grouped, searched } from '../../src/web/admin/waiting-list.ts';
import { areaOf } from '../../src/web/board/area.ts';
import { sortWork } from '../../src/web/board/work.ts';
import { heapMarkers } from '../../src/web/map/cluster.ts';
import type { MapMarker, MarkerKind } from '../../src/web/map/marker.tsx';
import { projectionAround } from '../../src/web/map/projection.ts';
import { assetViews } from './mock-assets.ts';
import { grids } from './mock-data.ts';
import { raiseIncident } from './mock-incidents.ts';
import { drawTicket } from './mock-ticket-data.ts';
import { ticketSummary } from './mock-tickets.ts';

const HOUR = 3_600_000;
const now = Date.UTC(2026, 10, 22, 8);

describe('the work of a desk', () => {
  const ticket = (id: number, patch: Partial<Parameters<typeof drawTicket>[0]>) =>
    ticketSummary(
      drawTicket(
        { id, kind: 'water_leak', faultClass: 'water_leak', assetId: 512, agoMs: HOUR, ...patch },
        now,
      ),
    );
  const incident = (id: number, patch: object) => ({
    ...raiseIncident({ id, at: now - id }),
    ringsForMe: false,
    ...patch,
  });

  it('is in the order of what cannot wait', () => {
    const work = sortWork({
      incidents: [incident(1, { status: 'on_scene' }), incident(2, {}), incident(3, {})],
      tickets: [
        ticket(1, { limitMs: 9 * HOUR }),
        ticket(2, { limitMs: HOUR / 2 }),
        ticket(3, { limitMs: HOUR * 1.2 }),
        ticket(4, { limitMs: 9 * HOUR, level: 'community', status: 'dispatched' }),
        ticket(5, { status: 'finished' }),
      ],
      readAt: now,
      now,
    });
    const idsOf = (list: readonly { id: number }[]) => list.map(({ id }) => id);
    const ids = Object.fromEntries(Object.entries(work).map(([name, list]) => [name, idsOf(list)]));
    expect(ids).toEqual({
      unanswered: [3, 2],
      running: [1],
      pressing: [2, 3, 4],
      calm: [1],
      toVerify: [5],
    });
  });

  it('is narrowed to a grid with all below it, or to an estate', () => {
    const assets: AssetView[] = assetViews({ devices: [], tickets: [] });
    const inGrid = incident(1, { grid: { id: 12, name: '茅圻二组' } });
    const nowhere = incident(2, { grid: null });
    const street = areaOf('grid-2', { grids, assets });
    expect([street.holdsIncident(inGrid), street.holdsIncident(nowhere)]).toEqual([true, false]);
    expect(areaOf('grid-11', { grids, assets }).holdsIncident(inGrid)).toBe(false);
    const estate = areaOf('estate-501', { grids, assets });
    expect(estate.holdsTicket(ticket(1, { assetId: 512 }))).toBe(true);
    expect(estate.holdsTicket(ticket(2, { assetId: 611 }))).toBe(false);
    expect(areaOf('estate-999', { grids, assets }).holdsIncident(nowhere)).toBe(true);
  });
});

describe('markers that would cover each other', () => {
  const projection = projectionAround({ latitude: 30.39, longitude: 114.88 });
  const marker = (key: string, kind: MarkerKind, metresEast = 0): MapMarker => {
    const place = projection.toPlace({ x: metresEast, y: 0 });
    return { key, kind, ...place, title: key };
  };

  it('become one, named after the most pressing, and come apart on a closer look', () => {
    const markers = [marker('a', 'sensor'), marker('b', 'ticketOver', 20), marker('c', 'sensor', 400)];
    const far = heapMarkers(markers, { projection, unit: 2 });
    expect(far.map(({ members }) => members.map(({ key }) => key))).toEqual([['b', 'a'], ['c']]);
    const near = heapMarkers(markers, { projection, unit: 0.2 });
    expect(near).toHaveLength(3);
  });

  it('never hide a person in need nor what was chosen', () => {
    const markers = [
      marker('sos', 'incident'),
      { ...marker('chosen', 'ticket'), selected: true },
      marker('x', 'sensor'),
    ];
    expect(heapMarkers(markers, { projection, unit: 50 })).toHaveLength(3);
  });

  it('all stand in exactly one heap, heaps far enough apart', () => {
    const markers = Array.from({ length: 500 }, (_, index) =>
      marker(String(index), index % 7 === 0 ? 'silent' : 'sensor', (index * 131) % 3000),
    );
    const heaps = heapMarkers(markers, { projection, unit: 3 });
    expect(heaps.flatMap(({ members }) => members)).toHaveLength(500);
    const xs = heaps.map(({ at }) => at.x).sort((a, b) => a - b);
    for (const [index, x] of xs.entries())
      expect(x - (xs[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(100);
  });
});

describe('an outline that is drawn', () => {
  const at = (latitude: number, longitude: number) => ({ latitude, longitude });

  it('goes back step by step', () => {
    let drawn = drawStep(nothingDrawn, { do: 'add', place: at(1, 1) });
    drawn = drawStep(drawn, { do: 'add', place: at(3, 3) });
    drawn = drawStep(drawn, { do: 'insert', after: 0, place: at(2, 2) });
    drawn = drawStep(drawn, { do: 'move', index: 2, place: at(4, 4) });
    drawn = drawStep(drawn, { do: 'remove', index: 0 });
    expect(drawn.corners).toEqual([at(2, 2), at(4, 4)]);
    for (let steps = 0; steps < 3; steps += 1) drawn = drawStep(drawn, { do: 'undo' });
    expect(drawn.corners).toEqual([at(1, 1), at(3, 3)]);
    for (let steps = 0; steps < 5; steps += 1) drawn = drawStep(drawn, { do: 'undo' });
    expect(drawn.corners).toEqual([]);
  });

  it('is the same as text and as a polygon', () => {
    const corners = [at(30.386, 114.872), at(30.39, 114.872), at(30.39, 114.878)];
    expect(fromText(toText(corners))).toEqual({ corners });
    expect(cornersOf(toPolygon(corners))).toEqual(corners);
    expect(fromText('30.1, 114.1\n\n91, 114')).toEqual({ wrongLine: 3 });
  });

  it('is not offered for what has holes or parts', () => {
    const [ring] = toPolygon([at(1, 1), at(2, 1), at(2, 2)]).coordinates;
    expect(cornersOf({ type: 'Polygon', coordinates: [ring, ring] })).toBeUndefined();
    expect(cornersOf({ type: 'MultiPolygon', coordinates: [[ring], [ring]] })).toBeUndefined();
  });
});

describe('what is handed out and taken in', () => {
  it('a configuration that Zigbee2MQTT reads, whatever the secret', () => {
    const access = {
      host: '10.0.0.2',
      port: 2883,
      nativeId: 'gw-1',
      secret: "it's: #1",
      topicPrefix: 'z/gw-1',
    };
    expect(parse(zigbee2mqttConfig(access))).toMatchObject({
      mqtt: { server: 'mqtt://10.0.0.2:2883', user: 'gw-1', password: "it's: #1", base_topic: 'z/gw-1' },
      availability: { enabled: true },
      advanced: { last_seen: 'ISO_8601' },
    });
  });

  it('a file with the type that the service asks for', () => {
    expect(importBlob('assets', 'code,kind').type).toBe('text/csv');
    expect(importBlob('assets', ' {"type":"FeatureCollection"}').type).toBe('application/geo+json');
    expect(importBlob('assets', new Blob(['x']), 'a.GeoJSON').type).toBe('application/geo+json');
    expect(importBlob('grids', 'x').type).toBe('application/geo+json');
    expect(importBlob('devices', '{').type).toBe('text/csv');
  });
});

describe('the waiting room', () => {
  const waiting = (
    protocol: string,
    nativeId: string,
    gatewayNativeId: string | null = null,
    description = '',
  ) => ({
    protocol,
    nativeId,
    gatewayNativeId,
    description,
    source: '10.0.0.7',
    firstSeenAt: 0,
    lastSeenAt: 0,
    uplinks: 1,
  });
  const titleOf = (protocol: string) => (protocol === 'gt06' ? '康凯斯' : protocol);
  const leak = waiting('chirpstack', '24e124535b100001', 'server', 'Milesight EM300-ZLD cellar');
  const all = [waiting('gt06', '861234567890127'), leak, waiting('chirpstack', 'server'), leak];

  it('finds whoever waits by what is known of him, each once', () => {
    const found = (text: string) => searched(all, text, titleOf).map(({ nativeId }) => nativeId);
    expect(found('康凯')).toEqual(['861234567890127']);
    expect(found('em300')).toEqual(['24e124535b100001']);
    expect(found('')).toHaveLength(3);
    expect(found('nobody')).toEqual([]);
  });

  it('puts what is behind a gateway to it, and the gateway nowhere else', () => {
    const { gateways, alone } = grouped(searched(all, '', titleOf));
    expect(gateways).toMatchObject([{ protocol: 'chirpstack', nativeId: 'server', children: [leak] }]);
    expect(alone.map(({ protocol }) => protocol)).toEqual(['gt06']);
  });

  it('registers a device of an open language as a device, with the model that was heard', () => {
    const models = catalogue.map(({ signals, everySeconds = null, batteryDays = null, ...model }) => ({
      ...model,
      signals: [...signals],
      everySeconds,
      batteryDays,
    })) as Parameters<typeof firstDraft>[1];
    const draft = firstDraft(leak, models);
    const language = { isGateway: true, isOpen: true, isAlone: false, prefix: 'application/{id}' };
    expect(toDeviceInput(draft, language as Parameters<typeof toDeviceInput>[1])).toEqual({
      protocol: 'chirpstack',
      nativeId: '24e124535b100001',
      model: 'EM300-ZLD',
      vendor: 'Milesight',
    });
    expect(knownModel(models, 'em300-zld', 'tts')?.protocol).toBe('tts');
    expect(wornLanguages(models).has('iw')).toBe(true);
    expect(wornLanguages(models).has('chirpstack')).toBe(false);
  });
});
