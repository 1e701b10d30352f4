import type { Noise } from '../noise.ts';
import { type Datatype, datatypes, type Value } from './payload.ts';

/** What stands in a pump room behind one edge node: a pump with its meter, a leak rope, the breaker that feeds them. */

export interface MetricPlan {
  name: string;
  datatype: Datatype;
  unit?: string;
}

export interface DevicePlan {
  id: string;
  metrics: readonly MetricPlan[];
  /** Where the day is a quiet one; `at` tells one moment from another. */
  quietDay(noise: Noise, at: number): Readonly<Record<string, Value>>;
}

const { boolean, double, float, int32, string } = datatypes;
const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

const pump: DevicePlan = {
  id: 'pump',
  metrics: [
    { name: 'Properties/Hardware Make', datatype: string },
    { name: 'Properties/Hardware Model', datatype: string },
    { name: 'Outlet/Pressure', datatype: double, unit: 'bar' },
    { name: 'Outlet/Flow', datatype: float, unit: 'm³/h' },
  ],
  quietDay: (noise, at) => ({
    'Properties/Hardware Make': 'GridSim',
    'Properties/Hardware Model': 'PS-200',
    'Outlet/Pressure': rounded(3.2 + 0.05 * noise.normal(`pressure/${at}`), 2),
    'Outlet/Flow': rounded(2.4 + 0.1 * noise.normal(`flow/${at}`), 2),
  }),
};

const rope: DevicePlan = {
  id: 'floor',
  metrics: [{ name: 'Floor/Water Leak', datatype: boolean }],
  quietDay: () => ({ 'Floor/Water Leak': false }),
};

const breaker: DevicePlan = {
  id: 'breaker',
  metrics: [
    { name: 'Breaker/Closed', datatype: boolean },
    { name: 'Breaker/Trip Cause', datatype: string },
    { name: 'Breaker/Phase A/Voltage', datatype: double, unit: 'V' },
    { name: 'Breaker/Phase A/Current', datatype: double, unit: 'A' },
    { name: 'Breaker/Active Power', datatype: int32, unit: 'W' },
    { name: 'Breaker/Residual Current', datatype: double, unit: 'mA' },
  ],
  quietDay: (noise, at) => {
    const current = rounded(9 + noise.normal(`current/${at}`), 2);
    return {
      'Breaker/Closed': true,
      'Breaker/Trip Cause': 'none',
      'Breaker/Phase A/Voltage': rounded(230 + noise.normal(`voltage/${at}`), 1),
      'Breaker/Phase A/Current': current,
      'Breaker/Active Power': Math.round(current * 228),
      'Breaker/Residual Current': rounded(6 + noise.normal(`residual/${at}`), 1),
    };
  },
};

export const pumpRoom: readonly DevicePlan[] = [pump, rope, breaker];
