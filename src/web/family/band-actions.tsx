import { useState } from 'react';
import type { DownlinkInput } from '../../api/downlink-schemas.ts';
import { api } from '../core/endpoints.ts';
import { ApiError } from '../core/http.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import type { IconName } from '../ui/icons.tsx';
import { useErrorText } from '../ui/states.tsx';
import { useSpeaker } from '../ui/toast.tsx';

type Asked = Extract<DownlinkInput['kind'], 'locate_now' | 'ring'>;
const asked: readonly { kind: Asked; icon: IconName }[] = [
  { kind: 'locate_now', icon: 'target' },
  { kind: 'ring', icon: 'bell' },
];

/** Asks the wristband to do something; it does so when it is connected. */
export function BandActions({ deviceId }: { deviceId: number }) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const text = useErrorText();
  const [busy, setBusy] = useState<Asked | undefined>();
  const send = async (kind: Asked) => {
    setBusy(kind);
    try {
      await api.downlink(deviceId, { kind });
      toast({ tone: 'ok', text: t('band.sent') });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ tone: 'danger', text: text(error) });
    }
    setBusy(undefined);
  };
  return (
    <div className="grid grid-cols-2 gap-2 large:grid-cols-1">
      {asked.map(({ kind, icon }) => (
        <Button key={kind} size="small" icon={icon} busy={busy === kind} onClick={() => void send(kind)}>
          {t(`band.${kind}`)}
        </Button>
      ))}
    </div>
  );
}
