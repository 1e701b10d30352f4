import { useDeferredValue, useState } from 'react';
import { api, type UnknownDevice } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Empty } from '../ui/states.tsx';
import { AdoptDialog } from './adopt-dialog.tsx';
import { useLanguageTitle } from './language-title.ts';
import type { FirstDevice } from './new-device-dialog.tsx';
import { grouped, keyOf, searched, type WaitingGateway } from './waiting-list.ts';
import { DeviceWaiting, GatewayWaiting } from './waiting-rows.tsx';

/** As many as the service gives at once; the others are found by their search. */
export const MOST_WAITING = 500;
/** With so few a search is in the way. */
const FEW = 8;
const STEP = 30;

interface WaitingRoomProps {
  devices: readonly UnknownDevice[];
  onRegister: (device: FirstDevice) => void;
}

/** Who speaks to us without being registered: each by itself, and what is behind a gateway together with it. */
export function WaitingRoom({ devices, onRegister }: WaitingRoomProps) {
  const { t, format } = useDisplay();
  const titleOf = useLanguageTitle();
  const [text, setText] = useState('');
  const [most, setMost] = useState(STEP);
  const [adopting, setAdopting] = useState<WaitingGateway | undefined>();
  const further = useFurther(devices, text);
  if (devices.length === 0) return <p className="px-4 pb-4 text-small">{t('devices.nobodyWaits')}</p>;
  const { gateways, alone } = grouped(searched([...devices, ...further], text, titleOf));
  const shown = alone.slice(0, most);
  return (
    <>
      {devices.length > FEW && (
        <div className="px-4 pb-3">
          <TextField
            label={t('devices.searchWaiting')}
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      )}
      {gateways.length + alone.length === 0 && <Empty icon="search" title={t('common.nothing')} />}
      <ul className="divide-y divide-line border-t border-line">
        {gateways.map((gateway) => (
          <li key={keyOf(gateway)}>
            <GatewayWaiting gateway={gateway} onAdopt={() => setAdopting(gateway)} onRegister={onRegister} />
          </li>
        ))}
        {shown.map((device) => (
          <li key={keyOf(device)}>
            <DeviceWaiting device={device} onRegister={onRegister} />
          </li>
        ))}
      </ul>
      {alone.length > most && (
        <div className="border-t border-line p-2">
          <Button tone="bare" block onClick={() => setMost(most + STEP)}>
            {t('devices.more', { count: format.number(alone.length - most) })}
          </Button>
        </div>
      )}
      {adopting && <AdoptDialog gateway={adopting} onClose={() => setAdopting(undefined)} />}
    </>
  );
}

/** What the service finds beyond the list, where that is not all of them. */
function useFurther(devices: readonly UnknownDevice[], text: string): readonly UnknownDevice[] {
  const wanted = useDeferredValue(text.trim());
  const { data = [] } = useQuery(`devices-unknown-${wanted}`, () => api.unknownDevices(wanted), {
    enabled: wanted !== '' && devices.length >= MOST_WAITING,
  });
  return data;
}
