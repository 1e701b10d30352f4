import { type FormEvent, useState } from 'react';
import type { Person, ShiftView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { ApiError } from '../core/http.ts';
import { useQuery } from '../core/query.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceField, SelectField, TextField } from '../ui/field.tsx';
import { useErrorText } from '../ui/states.tsx';
import { Notice } from '../ui/surface.tsx';

interface NewShiftDialogProps {
  gridId: number;
  /** All shifts that the reader sees: who stands in one may stand in another. */
  shifts: readonly ShiftView[];
  onClose: () => void;
  onCreated: () => void;
}

/** Everybody who can be on duty: all responders for an admin; for a desk those who already are somewhere. */
function usePeople(shifts: readonly ShiftView[]): Person[] {
  const { me } = useSession();
  const accounts = useQuery('accounts', api.accounts, { enabled: hasRole(me, 'admin') });
  const people = new Map<number, Person>(shifts.map((shift) => [shift.account.id, shift.account]));
  for (const account of accounts.data ?? []) {
    if (account.active && account.roles.includes('responder')) people.set(account.id, account);
  }
  return [...people.values()];
}

function minutesOf(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text);
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined;
}

export function NewShiftDialog({ gridId, shifts, onClose, onCreated }: NewShiftDialogProps) {
  const { t, format } = useDisplay();
  const text = useErrorText();
  const people = usePeople(shifts);
  const [accountId, setAccountId] = useState('');
  const [weekday, setWeekday] = useState('1');
  const [duty, setDuty] = useState<'worker' | 'deputy'>('worker');
  const [from, setFrom] = useState('08:00');
  const [to, setTo] = useState('18:00');
  const [error, setError] = useState<string | undefined>();
  const chosen = Number(accountId || people[0]?.id);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const fromMinute = minutesOf(from);
    const end = minutesOf(to);
    const toMinute = end === 0 ? 1440 : end;
    if (fromMinute === undefined || toMinute === undefined || toMinute <= fromMinute) {
      setError(t('rosters.timesWrong'));
      return;
    }
    try {
      await api.createShift({
        gridId,
        accountId: chosen,
        duty,
        weekday: Number(weekday),
        fromMinute,
        toMinute,
      });
      onCreated();
      onClose();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(text(problem));
    }
  };
  return (
    <Dialog open onClose={onClose} title={t('rosters.add')}>
      <form className="grid gap-4" noValidate onSubmit={(event) => void submit(event)}>
        <SelectField
          label={t('rosters.who')}
          value={String(chosen)}
          onChange={setAccountId}
          choices={people.map((person) => ({ value: String(person.id), label: person.name }))}
        />
        <SelectField
          label={t('rosters.weekday')}
          value={weekday}
          onChange={setWeekday}
          choices={[1, 2, 3, 4, 5, 6, 7].map((day) => ({
            value: String(day),
            label: format.weekday(day, 'long'),
          }))}
        />
        <div className="grid grid-cols-2 gap-3 large:grid-cols-1">
          <TextField
            label={t('rosters.from')}
            type="time"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
          <TextField
            label={t('rosters.to')}
            type="time"
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </div>
        <ChoiceField
          label={t('rosters.duty')}
          value={duty}
          onChange={setDuty}
          choices={[
            { value: 'worker', label: t('duty.worker') },
            { value: 'deputy', label: t('duty.deputy') },
          ]}
        />
        {error && <Notice tone="danger" icon="alert" title={error} live />}
        <Button type="submit" tone="action" block>
          {t('rosters.create')}
        </Button>
      </form>
    </Dialog>
  );
}
