import { useState } from 'react';
import type { UplinkView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Badge, type BadgeTone, Card, PageTitle } from '../ui/surface.tsx';

const outcomes = ['ok', 'duplicate', 'unknown_device', 'undecodable', 'empty', 'forbidden', 'shed'] as const;
const tones: Readonly<Record<string, BadgeTone>> = {
  ok: 'ok',
  empty: 'quiet',
  duplicate: 'quiet',
  unknown_device: 'warn',
  undecodable: 'danger',
  forbidden: 'danger',
  shed: 'danger',
};
const PAGE = 50;

/** Every inbound frame with what became of it. */
export function UplinksPage() {
  const { t } = useDisplay();
  const [device, setDevice] = useState('');
  const [outcome, setOutcome] = useState('');
  const [before, setBefore] = useState<number | undefined>();
  const wanted = { device: device.trim(), outcome, limit: PAGE, ...(before === undefined ? {} : { before }) };
  const query = useQuery(`uplinks-${JSON.stringify(wanted)}`, () => api.uplinks(wanted), {
    ...(before === undefined ? { pollMs: 10_000 } : {}),
  });
  return (
    <>
      <PageTitle note={t('uplinks.note')}>{t('admin.uplinks')}</PageTitle>
      <div className="grid gap-3 middle:grid-cols-2">
        <TextField
          label={t('uplinks.device')}
          type="search"
          value={device}
          onChange={(event) => {
            setDevice(event.target.value);
            setBefore(undefined);
          }}
        />
        <SelectField
          label={t('uplinks.outcome')}
          value={outcome}
          onChange={(value) => {
            setOutcome(value);
            setBefore(undefined);
          }}
          choices={[
            { value: '', label: t('uplinks.all') },
            ...outcomes.map((value) => ({ value, label: t(`uplink.${value}`) })),
          ]}
        />
      </div>
      <Card flush>
        <Fetched query={query}>{(uplinks) => <UplinkList uplinks={uplinks} />}</Fetched>
      </Card>
      <div className="flex flex-wrap gap-2">
        {before !== undefined && <Button onClick={() => setBefore(undefined)}>{t('uplinks.newest')}</Button>}
        {query.data?.length === PAGE && (
          <Button onClick={() => setBefore(query.data?.at(-1)?.id)}>{t('uplinks.older')}</Button>
        )}
      </div>
    </>
  );
}

function UplinkList({ uplinks }: { uplinks: readonly UplinkView[] }) {
  const { t } = useDisplay();
  if (uplinks.length === 0) return <Empty icon="log" title={t('common.nothing')} />;
  return (
    <ol className="divide-y divide-line">
      {uplinks.map((uplink) => (
        <li key={uplink.id}>
          <UplinkRow uplink={uplink} />
        </li>
      ))}
    </ol>
  );
}

function UplinkRow({ uplink }: { uplink: UplinkView }) {
  const { t, word, format } = useDisplay();
  const now = useNow(30_000);
  return (
    <div className="grid gap-1 px-4 py-2.5 text-small">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={tones[uplink.outcome] ?? 'quiet'}>{word('uplink', uplink.outcome)}</Badge>
        <span className="font-mono font-semibold">{uplink.nativeId ?? t('common.unknown')}</span>
        <span className="text-muted">
          {uplink.protocol} · {uplink.transport} · {uplink.command}
        </span>
        <span className="tnum ml-auto text-fine text-muted" title={format.full(uplink.receivedAt)}>
          {format.ago(uplink.receivedAt, now)} · {format.clockSeconds(uplink.receivedAt)}
        </span>
      </div>
      <p className="font-mono text-fine break-all text-muted">{uplink.frame}</p>
      <p className="text-fine text-muted">
        {uplink.topic ?? uplink.source} · {t('uplinks.readings', { count: uplink.readingCount })}
      </p>
      {uplink.reason && (
        <p lang="en" className="text-fine font-medium text-warn">
          {uplink.reason}
        </p>
      )}
    </div>
  );
}
