import { useState } from 'react';
import type { Person, ShiftView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceField, SelectField, TextField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
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

interface ShiftDraft {
  accountId: string;
  weekday: string;
  duty: 'worker' | 'deputy';
  from: string;
  to: string;
}

/** Minutes since midnight; undefined where the end does not come after the start. Midnight as an end is the end of the day. */
export function hoursOf({
  from,
  to,
}: Pick<ShiftDraft, 'from' | 'to'>): { fromMinute: number; toMinute: number } | undefined {
  const fromMinute = minutesOf(from);
  const end = minutesOf(to);
  const toMinute = end === 0 ? 1440 : end;
  if (fromMinute === undefined || toMinute === undefined || toMinute <= fromMinute) return undefined;
  return { fromMinute, toMinute };
}

export function NewShiftDialog({ gridId, shifts, onClose, onCreated }: NewShiftDialogProps) {
  const { t } = useDisplay();
  const people = usePeople(shifts);
  const submission = useSubmit();
  const [draft, setDraft] = useState<ShiftDraft>({
    accountId: '',
    weekday: '1',
    duty: 'worker',
    from: '08:00',
    to: '18:00',
  });
  const accountId = Number(draft.accountId || people[0]?.id);
  const create = async () => {
    const hours = hoursOf(draft);
    if (!hours) {
      submission.refuse(t('rosters.timesWrong'));
      return;
    }
    await api.createShift({ gridId, accountId, duty: draft.duty, weekday: Number(draft.weekday), ...hours });
    onCreated();
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t('rosters.add')}>
      <form className="grid gap-4" noValidate onSubmit={submission.onSubmit(create)}>
        <SelectField
          label={t('rosters.who')}
          value={String(accountId)}
          onChange={(chosen) => setDraft({ ...draft, accountId: chosen })}
          choices={people.map((person) => ({ value: String(person.id), label: person.name }))}
        />
        <ShiftFields draft={draft} onChange={setDraft} />
        {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
        <Button type="submit" tone="action" block busy={submission.busy}>
          {t('rosters.create')}
        </Button>
      </form>
    </Dialog>
  );
}

function ShiftFields({ draft, onChange }: { draft: ShiftDraft; onChange: (draft: ShiftDraft) => void }) {
  const { t, format } = useDisplay();
  const days = [1, 2, 3, 4, 5, 6, 7];
  return (
    <>
      <SelectField
        label={t('rosters.weekday')}
        value={draft.weekday}
        onChange={(weekday) => onChange({ ...draft, weekday })}
        choices={days.map((day) => ({ value: String(day), label: format.weekday(day, 'long') }))}
      />
      <div className="grid grid-cols-2 gap-3 large:grid-cols-1">
        <TextField
          label={t('rosters.from')}
          type="time"
          value={draft.from}
          onChange={(event) => onChange({ ...draft, from: event.target.value })}
        />
        <TextField
          label={t('rosters.to')}
          type="time"
          value={draft.to}
          onChange={(event) => onChange({ ...draft, to: event.target.value })}
        />
      </div>
      <ChoiceField
        label={t('rosters.duty')}
        value={draft.duty}
        onChange={(duty) => onChange({ ...draft, duty })}
        choices={[
          { value: 'worker', label: t('duty.worker') },
          { value: 'deputy', label: t('duty.deputy') },
        ]}
      />
    </>
  );
}
