import { useState } from 'react';
import { adminApi } from '../core/admin-endpoints.ts';
import { api } from '../core/endpoints.ts';
import { refresh, useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { assetChoices } from './asset-choices.ts';
import { CreatedDevice, type NewSecret } from './created-device.tsx';
import type { WaitingGateway } from './waiting-list.ts';

/** Registers a gateway with everything that was heard behind it. */
export function AdoptDialog({ gateway, onClose }: { gateway: WaitingGateway; onClose: () => void }) {
  const { t, locale } = useDisplay();
  const submission = useSubmit();
  const assets = useQuery('assets', api.assets);
  const [assetId, setAssetId] = useState('');
  const [adopted, setAdopted] = useState<{ count: number; made: NewSecret } | undefined>();
  const adopt = async () => {
    const place = assetId === '' ? {} : { assetId: Number(assetId) };
    const { protocol, nativeId } = gateway;
    const answer = await adminApi.adopt({ protocol, gatewayNativeId: nativeId, ...place });
    const { topicPrefix } = answer.gateway;
    setAdopted({ count: answer.adopted, made: { protocol, nativeId, topicPrefix, secret: answer.secret } });
    refresh(['device']);
  };
  return (
    <Dialog open onClose={onClose} title={t('devices.adopt')} note={gateway.nativeId}>
      {adopted ? (
        <>
          <Notice tone="ok" icon="checkCircle" title={t('devices.adopted', { count: adopted.count })} live />
          <CreatedDevice device={adopted.made} onClose={onClose} />
        </>
      ) : (
        <form className="grid gap-4" onSubmit={submission.onSubmit(adopt)}>
          <p className="text-small">{t('devices.adoptNote', { count: gateway.children.length })}</p>
          <SelectField
            label={t('devices.asset')}
            hint={t('devices.adoptAssetHint')}
            value={assetId}
            onChange={setAssetId}
            choices={[{ value: '', label: t('devices.noAsset') }, ...assetChoices(assets.data ?? [], locale)]}
          />
          {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
          <Button type="submit" tone="action" block busy={submission.busy}>
            {t('devices.adopt')}
          </Button>
        </form>
      )}
    </Dialog>
  );
}
