import { useState } from 'react';
import type { DeviceView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceField, SelectField, TextArea } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { deviceName } from './devices.ts';
import { DownlinkProgress } from './downlink-progress.tsx';

interface Wish {
  what: 'on' | 'off' | undefined;
  reason: string;
  channel: string;
}
type Step = { name: 'wish' } | { name: 'confirm' } | { name: 'sent'; downlinkId: number };

/** Opens the way to switch a breaker or valve, where the reader may. */
export function SwitchButton({ device }: { device: DeviceView }) {
  const { t } = useDisplay();
  const [open, setOpen] = useState(false);
  if (!device.commands.includes('switch')) return null;
  return (
    <div>
      <Button size="small" icon="power" onClick={() => setOpen(true)}>
        {t('switch.act')}
      </Button>
      {open && <SwitchDialog device={device} onClose={() => setOpen(false)} />}
    </div>
  );
}

/** Two steps, so that no slip of the thumb takes the power from a house: what and why, then once more; then how it fares. */
function SwitchDialog({ device, onClose }: { device: DeviceView; onClose: () => void }) {
  const { t } = useDisplay();
  const [wish, setWish] = useState<Wish>({ what: undefined, reason: '', channel: '' });
  const [step, setStep] = useState<Step>({ name: 'wish' });
  return (
    <Dialog open onClose={onClose} title={t('switch.title', { name: deviceName(device) })}>
      {step.name === 'wish' && (
        <WishForm
          device={device}
          wish={wish}
          onChange={setWish}
          onNext={() => setStep({ name: 'confirm' })}
        />
      )}
      {step.name === 'confirm' && (
        <Confirmation
          device={device}
          wish={wish}
          onBack={() => setStep({ name: 'wish' })}
          onSent={(downlinkId) => setStep({ name: 'sent', downlinkId })}
        />
      )}
      {step.name === 'sent' && <DownlinkProgress deviceId={device.id} downlinkId={step.downlinkId} />}
    </Dialog>
  );
}

interface WishFormProps {
  device: DeviceView;
  wish: Wish;
  onChange: (wish: Wish) => void;
  onNext: () => void;
}

function WishForm({ device, wish, onChange, onNext }: WishFormProps) {
  const { t, word } = useDisplay();
  const channels = useChannels(device.id);
  const [tried, setTried] = useState(false);
  const isWhatMissing = wish.what === undefined;
  const isReasonMissing = wish.reason.trim() === '';
  const next = () => {
    setTried(true);
    if (!isWhatMissing && !isReasonMissing) onNext();
  };
  return (
    <>
      <Notice tone="warn" icon="alert">
        {t('switch.warning')}
      </Notice>
      {channels.length > 1 && (
        <SelectField
          label={t('switch.channel')}
          value={wish.channel}
          choices={channels.map((value) => ({ value, label: word('line', value) }))}
          onChange={(channel) => onChange({ ...wish, channel })}
        />
      )}
      <ChoiceField
        label={t('switch.what')}
        value={wish.what}
        onChange={(what) => onChange({ ...wish, what })}
        choices={[
          { value: 'off', label: t('switch.off') },
          { value: 'on', label: t('switch.on') },
        ]}
      />
      {tried && isWhatMissing && (
        <p role="alert" className="text-small font-medium text-danger">
          {t('switch.whatMissing')}
        </p>
      )}
      <TextArea
        label={t('switch.reason')}
        hint={t('switch.reasonHint')}
        value={wish.reason}
        rows={2}
        maxLength={200}
        onChange={(event) => onChange({ ...wish, reason: event.target.value })}
        error={tried && isReasonMissing ? t('switch.reasonMissing') : undefined}
      />
      <Button tone="action" block icon="right" onClick={next}>
        {t('switch.next')}
      </Button>
    </>
  );
}

/** Circuits of a device that has several. */
function useChannels(deviceId: number): string[] {
  const latest = useQuery(`latest-${deviceId}`, () => api.deviceLatest(deviceId));
  const positions = (latest.data ?? []).filter(
    ({ signal }) => signal === 'breaker_position' || signal === 'valve_position',
  );
  return [...new Set(positions.map((reading) => reading.channel))];
}

interface ConfirmationProps {
  device: DeviceView;
  wish: Wish;
  onBack: () => void;
  onSent: (downlinkId: number) => void;
}

function Confirmation({ device, wish, onBack, onSent }: ConfirmationProps) {
  const { t } = useDisplay();
  const { busy, error, run } = useSubmit();
  const on = wish.what === 'on';
  const name = deviceName(device);
  const send = () =>
    run(async () => {
      const channel = wish.channel === '' ? {} : { channel: wish.channel };
      const { id } = await api.downlink(device.id, {
        kind: 'switch',
        on,
        reason: wish.reason.trim(),
        ...channel,
      });
      onSent(id);
    });
  return (
    <>
      <Notice tone="danger" icon="alert" title={t('switch.sure')} live>
        <p>{on ? t('switch.sureOn', { name }) : t('switch.sureOff', { name })}</p>
        <p className="text-muted">{wish.reason}</p>
      </Notice>
      {error && (
        <Notice tone="danger" icon="alert" live>
          {error}
        </Notice>
      )}
      <div className="grid grid-cols-2 gap-2 large:grid-cols-1">
        <Button icon="left" onClick={onBack} disabled={busy}>
          {t('switch.back')}
        </Button>
        <Button tone="danger" icon="power" busy={busy} onClick={send}>
          {on ? t('switch.doOn') : t('switch.doOff')}
        </Button>
      </div>
    </>
  );
}
