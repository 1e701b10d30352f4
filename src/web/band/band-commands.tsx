import { useState } from 'react';
import type { DeviceView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { ApiError } from '../core/http.ts';
import { refresh } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { useErrorText } from '../ui/states.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { CommandDialog } from './command-dialog.tsx';
import { CommandLog } from './command-log.tsx';
import { type BandCommand, type BandKind, commandIcon, commandName } from './command-text.ts';

/** What is sent by one press; the others are asked about first. */
const atOnce = ['locate_now', 'ring'] as const;
const asked = [
  'message',
  'set_sos_numbers',
  'set_interval',
  'fall_detection',
  'restart',
  'power_off',
] as const;
export type AskedKind = (typeof asked)[number];

type Tellable = Pick<DeviceView, 'id' | 'commands' | 'measurements'>;

/** Everything that a wristband can be told, and what became of it; it does so when it is connected. */
export function BandCommands({ device }: { device: Tellable }) {
  const { t, word } = useDisplay();
  const { busy, send } = useSending(device.id);
  const [opened, setOpened] = useState<AskedKind | undefined>();
  const can = (kind: BandKind) => device.commands.includes(kind);
  const quick: BandCommand[] = [
    ...atOnce.filter(can).map((kind) => ({ kind })),
    ...device.measurements.map((what) => ({ kind: 'measure' as const, what })),
  ];
  const more = asked.filter(can);
  if (quick.length + more.length === 0) return null;
  return (
    <div className="grid gap-3">
      <div className="grid grid-cols-2 gap-2 large:grid-cols-1">
        {quick.map((command) => (
          <Button
            key={nameOf(command)}
            size="small"
            icon={commandIcon(command)}
            busy={busy === nameOf(command)}
            onClick={() => void send(command)}
          >
            {commandName({ what: null, ...command }, word)}
          </Button>
        ))}
      </div>
      {more.length > 0 && (
        <details className="text-small">
          <summary className="tap-small flex cursor-pointer items-center font-semibold text-action">
            {t('band.more')}
          </summary>
          <div className="grid grid-cols-2 gap-2 large:grid-cols-1">
            {more.map((kind) => (
              <Button key={kind} size="small" icon={commandIcon({ kind })} onClick={() => setOpened(kind)}>
                {t(`band.${kind}`)}
              </Button>
            ))}
          </div>
        </details>
      )}
      <CommandLog deviceId={device.id} />
      {opened && <CommandDialog deviceId={device.id} kind={opened} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

const nameOf = (command: BandCommand): string => (command.kind === 'measure' ? command.what : command.kind);

function useSending(deviceId: number) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const text = useErrorText();
  const [busy, setBusy] = useState<string | undefined>();
  const send = async (command: BandCommand) => {
    setBusy(nameOf(command));
    try {
      await api.downlink(deviceId, command);
      toast({ tone: 'ok', text: t('band.sent') });
      refresh(['device']);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ tone: 'danger', text: text(error) });
    } finally {
      setBusy(undefined);
    }
  };
  return { busy, send };
}
