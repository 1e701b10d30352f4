import type { UnknownDevice } from '../core/endpoints.ts';

/** A gateway that nobody registered, or one behind which somebody is that nobody did. */
export interface WaitingGateway {
  protocol: string;
  nativeId: string;
  children: readonly UnknownDevice[];
}

export const keyOf = ({ protocol, nativeId }: Pick<UnknownDevice, 'protocol' | 'nativeId'>): string =>
  `${protocol} ${nativeId}`;

/** The devices of several answers, each once, those that contain the text in whatever is known of them. */
export function searched(
  devices: readonly UnknownDevice[],
  text: string,
  titleOf: (protocol: string) => string,
): UnknownDevice[] {
  const wanted = text.trim().toLowerCase();
  const once = [...new Map(devices.map((device) => [keyOf(device), device])).values()];
  return once.filter((device) => {
    const { protocol, nativeId, description, gatewayNativeId, source } = device;
    const known = [nativeId, protocol, titleOf(protocol), description, gatewayNativeId, source];
    return known.some((field) => field?.toLowerCase().includes(wanted));
  });
}

/** What is behind a gateway goes with it; the others stand alone. */
export function grouped(devices: readonly UnknownDevice[]): {
  gateways: WaitingGateway[];
  alone: UnknownDevice[];
} {
  const found = new Map<string, WaitingGateway>();
  for (const device of devices) {
    const nativeId = device.gatewayNativeId;
    if (!nativeId) continue;
    const { protocol } = device;
    const key = keyOf({ protocol, nativeId });
    const known = found.get(key) ?? { protocol, nativeId, children: [] };
    found.set(key, { ...known, children: [...known.children, device] });
  }
  const alone = devices.filter((device) => !device.gatewayNativeId && !found.has(keyOf(device)));
  return { gateways: [...found.values()], alone };
}
