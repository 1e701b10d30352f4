import type { IncidentDetail } from '../../api/schemas.ts';
import { TraitChips } from '../family/trait-chips.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { BatteryIcon, Icon } from '../ui/icons.tsx';
import { Card, Facts } from '../ui/surface.tsx';
import { phoneHref } from './describe.ts';

/** Calls, as large as they are urgent: her first, then her family. */
export function CallButtons({ incident }: { incident: IncidentDetail }) {
  const { t } = useDisplay();
  const detail = incident.subjectDetail;
  const family = detail?.family.filter((person) => person.phone) ?? [];
  if (!detail?.phone && family.length === 0) return null;
  return (
    <div className="grid grid-cols-1 gap-2 min-[420px]:grid-cols-2 large:grid-cols-1">
      {detail?.phone && (
        <CallLink
          phone={detail.phone}
          label={detail.kind === 'child' ? t('call.child') : t('call.elder')}
          name={incident.subject?.name ?? ''}
        />
      )}
      {family.map(
        (person) =>
          person.phone && (
            <CallLink
              key={person.id}
              phone={person.phone}
              label={t('call.family', { relation: person.relation })}
              name={person.name}
            />
          ),
      )}
    </div>
  );
}

export function CallLink({ phone, label, name }: { phone: string; label: string; name: string }) {
  return (
    <Button asChild block tone="plain" className="justify-start! text-left!">
      <a href={phoneHref(phone)}>
        <span className="grid size-10 shrink-0 place-items-center rounded-full bg-ok-soft text-ok">
          <Icon name="phone" size={21} />
        </span>
        <span className="min-w-0">
          <span className="block">{label}</span>
          <span className="block text-fine font-normal text-muted">
            {name} <span className="tnum">{phone}</span>
          </span>
        </span>
      </a>
    </Button>
  );
}

/** What somebody who comes through her door must know. */
export function CareCard({ incident }: { incident: IncidentDetail }) {
  const { t, format, word } = useDisplay();
  const detail = incident.subjectDetail;
  const { value, limit, signal } = incident.evidence;
  return (
    <Card
      title={incident.asset ? t('incident.sensor') : t('care.title')}
      icon={incident.asset ? 'gauge' : 'heart'}
    >
      {detail && detail.traits.length > 0 && (
        <div className="mb-3">
          <TraitChips traits={detail.traits} />
        </div>
      )}
      {incident.asset ? null : detail?.careNotes ? (
        <p className="rounded-control bg-warn-soft px-3 py-2.5 text-base font-medium whitespace-pre-line">
          {detail.careNotes}
        </p>
      ) : (
        <p className="text-small text-muted">{t('care.none')}</p>
      )}
      <div className="mt-3">
        <Facts
          rows={[
            typeof value === 'number' && typeof signal === 'string'
              ? [word('signal', signal), `${format.number(value, 1)} ${word('unit', signal)}`]
              : undefined,
            typeof limit === 'number' ? [t('care.limit'), format.number(limit, 1)] : undefined,
            [t('device.battery'), <Battery key="battery" level={incident.battery} />],
            [
              incident.asset ? t('incident.sensor') : t('device.band'),
              `${incident.device.protocol} · ${incident.device.nativeId}`,
            ],
          ]}
        />
      </div>
    </Card>
  );
}

export function Battery({ level }: { level: number | null }) {
  const { t, format } = useDisplay();
  if (level === null) return <span className="text-muted">{t('common.unknown')}</span>;
  const low = level <= 20;
  return (
    <span className={`inline-flex items-center gap-1.5 ${low ? 'font-semibold text-danger' : ''}`}>
      <BatteryIcon level={level} />
      {format.percent(level)}
      {low && ` · ${t('device.batteryLow')}`}
    </span>
  );
}
