import { useState } from 'react';
import type { CompanyView } from '../../api/asset-schemas.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { ApiError } from '../core/http.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, SelectField, TextField } from '../ui/field.tsx';
import { useErrorText } from '../ui/states.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { hoursOf } from './new-shift-dialog.tsx';
import { minuteText } from './rosters-page.tsx';

interface CompanyShiftsProps {
  company: CompanyView;
  onChanged: () => void;
}

const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;

/** When somebody of the company is there, through the week. Outside these hours tickets go to all managers. */
export function CompanyShifts({ company, onChanged }: CompanyShiftsProps) {
  const { t, format } = useDisplay();
  const [adding, setAdding] = useState(false);
  const mayChange = hasRole(useSession().me, 'admin');
  return (
    <section aria-label={t('companies.shiftsOf', { name: company.name })} className="grid gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-small font-bold">{t('companies.shifts')}</h3>
        {mayChange && (
          <Button
            size="small"
            icon="plus"
            disabled={company.members.length === 0}
            onClick={() => setAdding(true)}
          >
            {t('rosters.add')}
          </Button>
        )}
      </div>
      <div className="grid gap-px overflow-hidden rounded-control border border-line bg-line wide:grid-cols-7">
        {weekdays.map((weekday) => (
          <div key={weekday} className="min-w-0 bg-surface p-2">
            <p className="text-fine font-semibold">{format.weekday(weekday, 'short')}</p>
            <ul className="grid gap-1">
              {company.shifts
                .filter((shift) => shift.weekday === weekday)
                .map((shift) => (
                  <ShiftItem
                    key={shift.id}
                    companyId={company.id}
                    shift={shift}
                    onChanged={mayChange ? onChanged : undefined}
                  />
                ))}
            </ul>
          </div>
        ))}
      </div>
      {adding && (
        <CompanyShiftDialog company={company} onClose={() => setAdding(false)} onSaved={onChanged} />
      )}
    </section>
  );
}

interface ShiftItemProps {
  companyId: number;
  shift: CompanyView['shifts'][number];
  /** Undefined: only to be read. */
  onChanged: (() => void) | undefined;
}

function ShiftItem({ companyId, shift, onChanged }: ShiftItemProps) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const text = useErrorText();
  const remove = async () => {
    try {
      await adminApi.deleteShift(companyId, shift.id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ tone: 'danger', text: text(error) });
    }
    onChanged?.();
  };
  return (
    <li className="rounded-chip bg-paper pb-1.5 pl-2">
      <span className="flex items-center justify-between gap-1">
        <span className="min-w-0 text-fine leading-tight font-semibold">{shift.account.name}</span>
        {onChanged && (
          <IconButton
            icon="close"
            label={t('rosters.remove', { name: shift.account.name })}
            onClick={() => void remove()}
          />
        )}
      </span>
      <span className="tnum -mt-1.5 block text-fine leading-tight whitespace-nowrap text-muted">
        {minuteText(shift.fromMinute)}–{minuteText(shift.toMinute)}
      </span>
    </li>
  );
}

interface DialogProps {
  company: CompanyView;
  onClose: () => void;
  onSaved: () => void;
}

interface Hours {
  accountId: string;
  days: readonly number[];
  from: string;
  to: string;
}

/** One person's hours on several days of the week at once. */
function CompanyShiftDialog({ company, onClose, onSaved }: DialogProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [hours, setHours] = useState<Hours>({
    accountId: String(company.members[0]?.id ?? ''),
    days: [1, 2, 3, 4, 5],
    from: '08:00',
    to: '18:00',
  });
  const save = async () => {
    const minutes = hoursOf(hours);
    if (!minutes) {
      submission.refuse(t('rosters.timesWrong'));
      return;
    }
    for (const weekday of hours.days) {
      await adminApi.createShift(company.id, { accountId: Number(hours.accountId), weekday, ...minutes });
    }
    onSaved();
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t('rosters.add')}>
      <form className="grid gap-4" noValidate onSubmit={submission.onSubmit(save)}>
        <SelectField
          label={t('rosters.who')}
          value={hours.accountId}
          onChange={(accountId) => setHours({ ...hours, accountId })}
          choices={company.members.map((member) => ({ value: String(member.id), label: member.name }))}
        />
        <HoursFields hours={hours} onChange={setHours} />
        {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
        <Button type="submit" tone="action" block busy={submission.busy} disabled={hours.days.length === 0}>
          {t('rosters.create')}
        </Button>
      </form>
    </Dialog>
  );
}

function HoursFields({ hours, onChange }: { hours: Hours; onChange: (hours: Hours) => void }) {
  const { t, format } = useDisplay();
  const toggle = (day: number, on: boolean) => {
    const others = hours.days.filter((one) => one !== day);
    onChange({ ...hours, days: on ? [...others, day] : others });
  };
  return (
    <>
      <fieldset className="grid grid-cols-2 gap-x-3 large:grid-cols-1">
        <legend className="text-small font-semibold">{t('rosters.weekday')}</legend>
        {weekdays.map((day) => (
          <CheckField
            key={day}
            label={format.weekday(day, 'long')}
            checked={hours.days.includes(day)}
            onChange={(on) => toggle(day, on)}
          />
        ))}
      </fieldset>
      <div className="grid grid-cols-2 gap-3 large:grid-cols-1">
        <TextField
          label={t('rosters.from')}
          type="time"
          value={hours.from}
          onChange={(event) => onChange({ ...hours, from: event.target.value })}
        />
        <TextField
          label={t('rosters.to')}
          type="time"
          value={hours.to}
          onChange={(event) => onChange({ ...hours, to: event.target.value })}
        />
      </div>
    </>
  );
}
