import { type DownlinkCommand, type Measurement, measurements, type Protocol } from '../model/uplinks.ts';

/** What people can ask of a device from its page. */
export type Command = DownlinkCommand['kind'];

type Encoding = Pick<Protocol, 'encode'>;
type Device = { subjectId: number | null; switchable: boolean; nativeId: string };

/** Of each kind one that a protocol which can say the kind can say; of measurements all. */
const samples: readonly DownlinkCommand[] = [
  { kind: 'ring' },
  { kind: 'locate_now' },
  { kind: 'message', text: '' },
  ...measurements.map((what) => ({ kind: 'measure' as const, what })),
  { kind: 'set_sos_numbers', numbers: ['13800000000'] },
  { kind: 'set_interval', seconds: 600 },
  { kind: 'fall_detection', on: true },
  { kind: 'restart' },
  { kind: 'power_off' },
];

/** Whether the language has words for a command. */
export function canSay({ encode }: Encoding, command: DownlinkCommand, nativeId: string): boolean {
  return encode?.(command, { nativeId, session: {}, serial: 0 }) !== undefined;
}

/** The commands that make sense for a device: a breaker is switched; a band that somebody wears is rung, located, asked and set. */
export function commandsOf(protocol: Encoding | undefined, device: Device): Command[] {
  if (!protocol?.encode) return [];
  if (device.switchable) return ['switch'];
  if (device.subjectId === null) return [];
  const sayable = samples.filter((command) => canSay(protocol, command, device.nativeId));
  return [...new Set(sayable.map(({ kind }) => kind))];
}

/** What a device that can be asked to measure measures. */
export function measurementsOf(
  protocol: Encoding | undefined,
  { nativeId }: Pick<Device, 'nativeId'>,
): Measurement[] {
  if (!protocol?.encode) return [];
  return measurements.filter((what) => canSay(protocol, { kind: 'measure', what }, nativeId));
}
