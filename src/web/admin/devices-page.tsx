import { useState } from 'react';
import { api } from '../core/endpoints.ts';
import { refresh, useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Fetched } from '../ui/states.tsx';
import { Card, PageTitle } from '../ui/surface.tsx';
import { DeviceList } from './device-list.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { type FirstDevice, NewDeviceDialog } from './new-device-dialog.tsx';
import { MOST_WAITING, WaitingRoom } from './waiting-room.tsx';

/** Registered devices, and those that speak to us without being registered. */
export function DevicesPage() {
  const { t, format } = useDisplay();
  const devices = useQuery('devices', api.devices, { topics: ['device'], pollMs: 30_000 });
  const unknown = useQuery('devices-unknown', api.unknownDevices, { topics: ['device'], pollMs: 30_000 });
  const waiting = unknown.data?.length ?? 0;
  const waitingCount = waiting < MOST_WAITING ? format.number(waiting) : `${format.number(waiting)}+`;
  const [adding, setAdding] = useState<FirstDevice | undefined>();
  const [importing, setImporting] = useState(false);
  return (
    <>
      <PageTitle
        aside={
          <div className="flex flex-wrap gap-2">
            <Button tone="action" icon="plus" onClick={() => setAdding({ protocol: '', nativeId: '' })}>
              {t('devices.add')}
            </Button>
            <Button icon="gateway" onClick={() => setAdding({ protocol: 'zigbee2mqtt', nativeId: '' })}>
              {t('devices.addGateway')}
            </Button>
            <Button icon="copy" onClick={() => setImporting(true)}>
              {t('import.open')}
            </Button>
          </div>
        }
      >
        {t('admin.devices')}
      </PageTitle>
      <Card title={t('devices.waiting', { count: waitingCount })} icon="info" flush>
        <p className="px-4 pb-2 text-small text-muted">{t('devices.waitingNote')}</p>
        <Fetched query={unknown}>{(all) => <WaitingRoom devices={all} onRegister={setAdding} />}</Fetched>
      </Card>
      <Card title={t('devices.list', { count: format.number(devices.data?.length ?? 0) })} icon="watch" flush>
        <Fetched query={devices}>{(all) => <DeviceList devices={all} />}</Fetched>
      </Card>
      {adding && (
        <NewDeviceDialog key={adding.nativeId} first={adding} onClose={() => setAdding(undefined)} />
      )}
      {importing && (
        <ImportDialog
          target="devices"
          onClose={() => setImporting(false)}
          onImported={() => refresh(['device'])}
        />
      )}
    </>
  );
}
