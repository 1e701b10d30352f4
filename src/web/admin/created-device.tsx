import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/surface.tsx';
import { Ways } from './connection.tsx';
import { CopyBlock } from './copy-block.tsx';
import { zigbee2mqttConfig } from './gateway-config.ts';

const DEFAULT_MQTT_PORT = 1883;

export interface NewSecret {
  protocol: string;
  nativeId: string;
  secret: string | null;
  topicPrefix: string | null;
}

/** What was registered, how it connects, and its secret, which is shown this once. */
export function CreatedDevice({ device, onClose }: { device: NewSecret; onClose: () => void }) {
  const { t } = useDisplay();
  const catalogue = useQuery('catalogue', api.catalogue);
  const language = catalogue.data?.languages.find(({ name }) => name === device.protocol);
  const { secret, topicPrefix } = device;
  const port = language?.ways.find(({ kind }) => kind === 'mqtt')?.port ?? DEFAULT_MQTT_PORT;
  return (
    <>
      {secret === null ? (
        <>
          <p>{t('devices.noSecret')}</p>
          {language && <Ways ways={language.ways} />}
        </>
      ) : (
        <>
          <Notice tone="warn" icon="lock" title={t('devices.secretOnce')} />
          <CopyBlock label={t('devices.secret')} text={secret} />
          {topicPrefix === null ? (
            <TryIt nativeId={device.nativeId} secret={secret} port={port} />
          ) : (
            <GatewayBlocks device={{ ...device, secret, topicPrefix }} port={port} />
          )}
        </>
      )}
      <Button tone="action" block onClick={onClose}>
        {t('devices.noted')}
      </Button>
    </>
  );
}

interface Access {
  nativeId: string;
  secret: string;
  port: number;
}

function TryIt({ nativeId, secret, port }: Access) {
  const { t } = useDisplay();
  const host = window.location.hostname;
  const body = '{"seq":1,"sos":true,"battery":64}';
  const line = `mosquitto_pub -h ${host} -p ${port} -q 1 -u '${nativeId}' -P '${secret}' -i '${nativeId}' -t 'gridguard/v1/${nativeId}/up' -m '${body}'`;
  return <CopyBlock label={t('devices.tryIt')} text={line} />;
}

interface GatewayProps {
  device: { protocol: string; nativeId: string; secret: string; topicPrefix: string };
  port: number;
}

function GatewayBlocks({ device, port }: GatewayProps) {
  const { t } = useDisplay();
  const host = window.location.hostname;
  const { protocol, nativeId, topicPrefix } = device;
  if (protocol !== 'zigbee2mqtt') {
    const access = `mqtt://${host}:${port}\nclient id / user  ${nativeId}\ntopic prefix      ${topicPrefix}`;
    return (
      <>
        <CopyBlock label={t('devices.connect')} text={access} />
        <p className="text-small text-muted">{t('devices.connectNote')}</p>
      </>
    );
  }
  return (
    <>
      <CopyBlock label={t('devices.topicPrefix')} text={topicPrefix} />
      <CopyBlock label={t('devices.z2mConfig')} text={zigbee2mqttConfig({ ...device, host, port })} />
      <p className="text-small text-muted">{t('devices.z2mNote')}</p>
    </>
  );
}
