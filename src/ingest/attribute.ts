import type { LifeEvent } from '../model/alerts.ts';
import type { DecodedReading, Home, Reading } from '../model/readings.ts';
import { isLifeSignal, isPlausible, type Location, type NetworkScan } from '../model/signals.ts';
import type { Decoded, Uplink } from '../model/uplinks.ts';

/** Device time is trusted within these bounds of ours. */
const TRUST_PAST_MS = 7 * 86_400_000;
const TRUST_FUTURE_MS = 2 * 60_000;

export interface AttributedDevice {
  id: number;
  subjectId: number | undefined;
  gatewayId: number | undefined;
  assetId: number | undefined;
  siteId: number | undefined;
  protocol: string;
  nativeId: string;
  model: string | undefined;
  topicPrefix: string | undefined;
  traits?: string[];
  home?: Home;
  /** Present where it logs in. */
  secret: object | undefined;
}

/** Whose an uplink is; `twin` is the same unit as it is registered in another language. */
export interface Attribution {
  device: AttributedDevice | null;
  twin?: AttributedDevice | undefined;
  /** Others speak through the device. */
  isGateway?: boolean;
}

export interface Attributed {
  readings: Reading[];
  lifeEvents: LifeEvent[];
  /** What was left out and why. */
  reason: string | undefined;
}

/**
 * Turns what a decoder said into readings of a device and events on the lane of life: times and ranges checked, the other facts of
 * the uplink gathered for whoever must act on it. Without a device only life events remain; those of a twin are the twin's. Pure.
 */
export function attribute(
  uplink: Uplink,
  decoded: Decoded,
  { device, twin, isGateway }: Attribution,
): Attributed {
  const nativeId = decoded.nativeId ?? '';
  const reasons: string[] = decoded.reason ? [decoded.reason] : [];
  const whose = device ?? (twin && maySpeakFor(uplink, twin) ? twin : null);
  if (twin) reasons.push(`registered as ${twin.protocol} ${twin.nativeId}`);
  const about = device ? aboutOf(device) : {};
  const readings: Reading[] = [];
  const lifeEvents: LifeEvent[] = [];
  for (const reading of decoded.readings) {
    if (typeof reading.value === 'number' && !isPlausible(reading.signal, reading.value)) {
      reasons.push(`${reading.signal}: ${reading.value} is not plausible`);
      continue;
    }
    const observedAt = trustedTime(reading.observedAt, uplink.receivedAt);
    if (observedAt !== reading.observedAt && reading.observedAt !== undefined)
      addOnce(reasons, `device clock is off: ${isoOrNumber(reading.observedAt)}, time of receipt taken`);
    if (isLifeSignal(reading.signal) && reading.value === true)
      lifeEvents.push({
        signal: reading.signal,
        protocol: uplink.protocol,
        nativeId,
        ...(whose ? { deviceId: whose.id, ...whereOf(whose) } : {}),
        ...(whose && !device ? { protocol: whose.protocol, nativeId: whose.nativeId } : {}),
        ...(reading.channel === undefined ? {} : { channel: reading.channel }),
        source: uplink.source,
        origin: reading.origin,
        observedAt,
        receivedAt: uplink.receivedAt,
        context: contextOf(decoded.readings, reading, uplink),
      });
    if (device)
      readings.push({
        ...reading,
        deviceId: device.id,
        protocol: uplink.protocol,
        nativeId,
        ...about,
        ...(isGateway ? { isGateway } : {}),
        ...(device.home && reading.signal === 'location' ? { home: device.home } : {}),
        observedAt,
        receivedAt: uplink.receivedAt,
      });
  }
  return { readings, lifeEvents, reason: reasons.length > 0 ? reasons.join('; ').slice(0, 500) : undefined };
}

/** On open sockets anybody can name a unit that logs in in its own language. */
const maySpeakFor = (uplink: Uplink, twin: AttributedDevice): boolean =>
  uplink.transport === 'mqtt' || twin.secret === undefined;

function whereOf({ subjectId, assetId, gatewayId }: AttributedDevice) {
  const wearer = subjectId === undefined ? {} : { subjectId };
  if (assetId === undefined && gatewayId === undefined) return wearer;
  return {
    ...wearer,
    ...(assetId === undefined ? {} : { assetId }),
    ...(gatewayId === undefined ? {} : { gatewayId }),
  };
}

/** What each of its readings says of the device, for the rules. */
function aboutOf(device: AttributedDevice): Partial<Reading> {
  const { traits, model } = device;
  const where = whereOf(device);
  if (traits === undefined && model === undefined) return where;
  return { ...where, ...(traits === undefined ? {} : { traits }), ...(model === undefined ? {} : { model }) };
}

export function trustedTime(deviceTime: number | undefined, receivedAt: number): number {
  if (deviceTime === undefined || !Number.isFinite(deviceTime)) return receivedAt;
  const trusted = deviceTime >= receivedAt - TRUST_PAST_MS && deviceTime <= receivedAt + TRUST_FUTURE_MS;
  return trusted ? deviceTime : receivedAt;
}

function contextOf(
  readings: readonly DecodedReading[],
  event: DecodedReading,
  uplink: Uplink,
): LifeEvent['context'] {
  const location = readings.find((r) => r.signal === 'location');
  const scan = readings.find((r) => r.signal === 'network_scan');
  const battery = readings.find((r) => r.signal === 'battery');
  return {
    ...(location
      ? {
          location: {
            ...(location.value as Location),
            observedAt: trustedTime(location.observedAt, uplink.receivedAt),
          },
        }
      : {}),
    ...(scan ? { networkScan: scan.value as NetworkScan } : {}),
    ...(typeof battery?.value === 'number' ? { battery: battery.value } : {}),
    ...(event.code === undefined ? {} : { code: event.code }),
    ...(uplink.topic === undefined ? {} : { topic: uplink.topic }),
  };
}

function addOnce(reasons: string[], reason: string): void {
  if (!reasons.includes(reason)) reasons.push(reason);
}

function isoOrNumber(ms: number): string {
  return Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
