import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/surface.tsx';
import { CopyBlock } from './copy-block.tsx';
import { zigbee2mqttConfig } from './gateway-config.ts';

export interface NewSecret {
  protocol: string;
  nativeId: string;
  secret: string | null;
  topicPrefix: string | null;
}

/** The secret is shown this once, beside what is to be done with it. */
export function CreatedDevice({ device, onClose }: { device: NewSecret; onClose: () => void }) {
  const { t } = useDisplay();
  const { secret, topicPrefix } = device;
  return (
    <>
      {secret === null ? (
        <p>{t('devices.noSecret')}</p>
      ) : (
        <>
          <Notice tone="warn" icon="lock" title={t('devices.secretOnce')} />
          <CopyBlock label={t('devices.secret')} text={secret} />
          {topicPrefix === null ? (
            <TryIt nativeId={device.nativeId} secret={secret} />
          ) : (
            <GatewayBlocks nativeId={device.nativeId} secret={secret} topicPrefix={topicPrefix} />
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
}

function TryIt({ nativeId, secret }: Access) {
  const { t } = useDisplay();
  const host = window.location.hostname;
  const body = '{"seq":1,"sos":true,"battery":64}';
  const line = `mosquitto_pub -h ${host} -p 1883 -q 1 -u '${nativeId}' -P '${secret}' -i '${nativeId}' -t 'gridguard/v1/${nativeId}/up' -m '${body}'`;
  return (
    <>
      <CopyBlock label={t('devices.tryIt')} text={line} />
      <p className="text-small text-muted">{t('devices.tryNote')}</p>
    </>
  );
}

function GatewayBlocks({ nativeId, secret, topicPrefix }: Access & { topicPrefix: string }) {
  const { t } = useDisplay();
  const host = window.location.hostname;
  return (
    <>
      <CopyBlock label={t('devices.topicPrefix')} text={topicPrefix} />
      <CopyBlock
        label={t('devices.z2mConfig')}
        text={zigbee2mqttConfig({ host, nativeId, secret, topicPrefix })}
      />
      <p className="text-small text-muted">{t('devices.z2mNote')}</p>
    </>
  );
}
