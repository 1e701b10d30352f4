import type { Outcome } from './incidents.ts';

/**
 * What an alert turned out to be, as said by who looked into it: `real` needed somebody; `harmless` was as the sensor said and needed
 * nobody; `test` is a drill, a test or works going on, and counts neither way.
 */
export const findings = ['real', 'false_press', 'device_fault', 'harmless', 'test'] as const;
export type Finding = (typeof findings)[number];

/** What the outcome of an incident says of the alerts that raised it. */
export const findingOf: Readonly<Record<Outcome, Finding>> = {
  helped: 'real',
  hospital: 'real',
  refused: 'real',
  unreachable_entered: 'real',
  false_press: 'false_press',
  device_fault: 'device_fault',
  drill: 'test',
  test: 'test',
};
