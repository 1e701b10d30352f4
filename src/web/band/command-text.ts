import type { DownlinkInput, DownlinkView } from '../../api/downlink-schemas.ts';
import type { Translate } from '../i18n/translate.ts';
import type { IconName } from '../ui/icons.tsx';

export type BandCommand = Exclude<DownlinkInput, { kind: 'switch' }>;
export type BandKind = BandCommand['kind'];
type Asked = Pick<DownlinkView, 'kind' | 'what'>;

const icons: Readonly<Record<string, IconName>> = {
  locate_now: 'target',
  ring: 'bell',
  message: 'note',
  measure: 'heart',
  blood_pressure: 'gauge',
  spo2: 'drop',
  temperature: 'thermometer',
  set_sos_numbers: 'phone',
  set_interval: 'clock',
  fall_detection: 'fall',
  restart: 'refresh',
  power_off: 'power',
};

export const commandIcon = ({ kind, what }: { kind: string; what?: string }): IconName =>
  icons[what ?? kind] ?? icons[kind] ?? 'device';

/** What a command is called: a measurement by what it measures. */
export function commandName({ kind, what }: Asked, word: (prefix: string, value: string) => string): string {
  return kind === 'measure' && what ? word('measure', what) : word('band', kind);
}

const refusals = [
  { said: /^the device says no$/, key: 'downlinkReason.refused' },
  { said: / has no \w+$/, key: 'downlinkReason.unknown' },
  { said: /^superseded by /, key: 'downlinkReason.superseded' },
] as const;

/** Why a command was not carried out, in the reader's words; what the service says where we have none. */
export function reasonText(reason: string, t: Translate): string {
  const known = refusals.find(({ said }) => said.test(reason));
  return known ? t(known.key) : reason;
}

/** What became of a command. */
export function fateOf({ state, reason }: Pick<DownlinkView, 'state' | 'reason'>, t: Translate): string {
  return [t(`downlink.${state}`), ...(reason === null ? [] : [reasonText(reason, t)])].join(' · ');
}

const NUMBER = /^\+?\d{3,20}$/;

/** Numbers as a keypad has them, without the signs that people write between digits; empty lines are left out. */
export function cleanNumbers(typed: readonly string[]): { numbers: string[]; wrong: number[] } {
  const packed = typed.map((text) => text.replace(/[\s()（）-]/g, ''));
  return {
    numbers: packed.filter((text) => NUMBER.test(text)),
    wrong: packed.flatMap((text, index) => (text !== '' && !NUMBER.test(text) ? [index] : [])),
  };
}
