import type { DownlinkCommand, Protocol } from '../model/uplinks.ts';

/** What people can ask of a device from its page. */
export type Command = Extract<DownlinkCommand['kind'], 'switch' | 'ring' | 'locate_now' | 'message'>;

const bodily: readonly Exclude<Command, 'switch'>[] = ['ring', 'locate_now', 'message'];

/** The commands that make sense for a device: a breaker is switched, a band that somebody wears is rung, located and written to. */
export function commandsOf(
  protocol: Pick<Protocol, 'encode'> | undefined,
  device: { subjectId: number | null; switchable: boolean },
): Command[] {
  if (!protocol?.encode) return [];
  if (device.switchable) return ['switch'];
  if (device.subjectId === null) return [];
  const { encode } = protocol;
  const sample = { nativeId: '0', session: {}, serial: 0 };
  return bodily.filter((kind) => {
    const command: DownlinkCommand = kind === 'message' ? { kind, text: '' } : { kind };
    return encode(command, sample) !== undefined;
  });
}
