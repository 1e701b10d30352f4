import type { Language } from '../../api/catalogue-schemas.ts';
import type { DeviceView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Facts } from '../ui/surface.tsx';
import { Ways } from './connection.tsx';
import { knownModel } from './device-draft.ts';
import { useLanguageTitle } from './language-title.ts';
import { ModelFacts } from './model-facts.tsx';

/** What is known of a device: its language, its model and what that promises, how it is connected. */
export function DeviceFacts({ device }: { device: DeviceView }) {
  const { data } = useQuery('catalogue', api.catalogue);
  const { protocol, vendor, model } = device;
  const language = data?.languages.find(({ name }) => name === protocol);
  const spoken = data?.models.filter((one) => one.protocol === protocol) ?? [];
  const known = [`${vendor} ${model}`, model ?? '']
    .map((text) => knownModel(spoken, text, protocol))
    .find((one) => one !== undefined);
  return (
    <>
      <Rows device={device} />
      {known && <ModelFacts model={known} />}
      {language && <Connection device={device} language={language} />}
    </>
  );
}

function Rows({ device }: { device: DeviceView }) {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  const titleOf = useLanguageTitle();
  const { protocol, subject, vendor, model, topicPrefix, online, gateway, lastSeenAt } = device;
  const prefix = (
    <span key="prefix" className="font-mono wrap-anywhere">
      {topicPrefix}
    </span>
  );
  return (
    <Facts
      rows={[
        [t('devices.protocol'), `${titleOf(protocol)} · ${protocol}`],
        model === null ? undefined : [t('devices.model'), [vendor, model].filter(Boolean).join(' ')],
        subject === null ? undefined : [t('devices.wearer'), subject.name],
        topicPrefix === null ? undefined : [t('devices.topicPrefix'), prefix],
        online === null
          ? undefined
          : [t('devices.connection'), online ? t('sensors.online') : t('sensors.offline')],
        gateway ? [t('devices.gateway'), gateway.name] : undefined,
        [t('devices.lastSeen'), lastSeenAt === null ? t('common.never') : format.ago(lastSeenAt, now)],
      ]}
    />
  );
}

/** Where it has to be pointed; what speaks through a gateway is not pointed anywhere by itself. */
function Connection({ device, language }: { device: DeviceView; language: Language }) {
  const { t } = useDisplay();
  if (device.gateway || language.ways.length === 0) return null;
  return (
    <details className="text-small">
      <summary className="tap-small flex cursor-pointer items-center font-semibold text-action">
        {t('devices.connect')}
      </summary>
      <div className="grid gap-2">
        <Ways ways={language.ways} />
      </div>
    </details>
  );
}
