import type { BreakerFaultCause, Location, NetworkScan, Signal } from './signals.ts';

export type Origin = 'live' | 'history' | 'retained' | 'replay' | 'simulated' | 'test';
export type ReadingValue = number | boolean | string | Location | NetworkScan;

/** What a decoder says of one signal; `observedAt` is absent where the device gave no time. */
export interface DecodedReading {
  signal: Signal;
  channel?: string;
  value: ReadingValue;
  /** Milliseconds since 1970, device clock. */
  observedAt?: number;
  origin: Origin;
  /** `breaker_fault` only. */
  cause?: BreakerFaultCause;
  stage?: 'warning' | 'trip';
  /** The device's own code where the canonical value is coarser than it. */
  code?: string;
}

/** WGS-84 degrees; without a radius, that of the rule. */
export interface Home {
  latitude: number;
  longitude: number;
  radiusM?: number;
}

/** One value of one signal from one device at one time, attributed and checked. */
export interface Reading extends DecodedReading {
  /** Our id of the device. */
  deviceId: number;
  protocol: string;
  nativeId: string;
  subjectId?: number;
  /** The asset that the device is bound to, and the gateway through which it speaks. */
  assetId?: number;
  gatewayId?: number;
  /** Others speak through it. */
  isGateway?: true;
  /** What is known of the wearer and matters to rules (`copd`, `athlete`). */
  traits?: string[];
  /** Of the catalogue, as the device was registered. */
  model?: string;
  /** Of a location, where somebody asked that leaving home is told. */
  home?: Home;
  observedAt: number;
  receivedAt: number;
}
