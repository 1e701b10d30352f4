import { useState } from 'react';
import type { DeviceView } from '../../api/schemas.ts';
import type { WhyView } from '../../api/why-schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { whyApi } from '../core/why-endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { WhyTold } from '../incidents/why-told.tsx';
import { Button } from '../ui/button.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { Fetched } from '../ui/states.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Card, Notice } from '../ui/surface.tsx';

/** Why a rule raised an alarm for a device at a time, or why it did not. */
export function RuleWhy({ name }: { name: string }) {
  const { t } = useDisplay();
  const query = useQuery('devices', api.devices);
  return (
    <Card title={t('rules.whyAsk')} icon="search">
      <p className="pb-3 text-small text-muted">{t('rules.whyNote')}</p>
      <Fetched query={query}>{(devices) => <Question name={name} devices={devices} />}</Fetched>
    </Card>
  );
}

const nameOf = ({ name, nativeId, subject, asset }: DeviceView): string =>
  [subject?.name ?? asset?.name, name, nativeId].filter(Boolean).join(' · ');

/** What a field for date and time shows: the clock of the reader. */
const localNow = (): string => {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

function Question({ name, devices }: { name: string; devices: readonly DeviceView[] }) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [device, setDevice] = useState('');
  const [at, setAt] = useState(localNow);
  const [why, setWhy] = useState<WhyView | undefined>();
  const ask = async () => {
    const ms = new Date(at).getTime();
    if (device === '' || !Number.isFinite(ms)) return submission.refuse(t('rules.whyMissing'));
    setWhy(undefined);
    setWhy(await whyApi.ofRule(name, { device: Number(device), at: ms }));
  };
  const isWorn = ({ subject }: DeviceView): number => (subject ? 0 : 1);
  const choices = devices
    .toSorted((a, b) => isWorn(a) - isWorn(b) || nameOf(a).localeCompare(nameOf(b), 'zh-CN'))
    .map((one) => ({ value: String(one.id), label: nameOf(one) }));
  return (
    <form className="grid gap-3" onSubmit={submission.onSubmit(ask)} noValidate>
      <SelectField
        label={t('rules.whyDevice')}
        hint={t('rules.whyLogged')}
        value={device}
        onChange={setDevice}
        choices={[{ value: '', label: t('rules.whyChoose') }, ...choices]}
      />
      <TextField
        type="datetime-local"
        label={t('rules.whyAt')}
        value={at}
        onChange={(event) => setAt(event.target.value)}
      />
      {submission.error && (
        <Notice tone="danger" icon="alert" live>
          {submission.error}
        </Notice>
      )}
      <div>
        <Button type="submit" tone="action" icon="search" busy={submission.busy}>
          {t('rules.whySubmit')}
        </Button>
      </div>
      {why && <WhyTold why={why} />}
    </form>
  );
}
