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
  observedAt: number;
  receivedAt: number;
}
