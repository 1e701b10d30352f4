import { useState } from 'react';
import type { GridView, ShiftView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { ApiError } from '../core/http.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { SelectField } from '../ui/field.tsx';
import { Empty, Fetched, useErrorText } from '../ui/states.tsx';
import { Card, PageTitle } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { NewShiftDialog } from './new-shift-dialog.tsx';

const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;

/** "08:00" of minutes since midnight; 1440 is the end of the day. */
export function minuteText(minute: number): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}

/** Who is on duty in a grid, through the week. */
export function RostersPage() {
  const { t } = useDisplay();
  const grids = useQuery('grids', api.grids);
  return (
    <>
      <PageTitle note={t('rosters.note')}>{t('admin.rosters')}</PageTitle>
      <Fetched query={grids}>
        {(all) => <GridRoster grids={all.filter((grid) => grid.level === 'grid')} />}
      </Fetched>
    </>
  );
}

function GridRoster({ grids }: { grids: readonly GridView[] }) {
  const { t } = useDisplay();
  const [chosen, setChosen] = useState(String(grids[0]?.id ?? ''));
  const [adding, setAdding] = useState(false);
  const rosters = useQuery('rosters', api.rosters);
  const gridId = Number(chosen);
  if (grids.length === 0) return <Empty icon="map" title={t('grids.none')} />;
  return (
    <>
      <div className="grid items-end gap-3 middle:grid-cols-[1fr_auto]">
        <SelectField
          label={t('where.grid')}
          value={chosen}
          onChange={setChosen}
          choices={grids.map((grid) => ({ value: String(grid.id), label: grid.name }))}
        />
        <Button tone="action" icon="plus" onClick={() => setAdding(true)}>
          {t('rosters.add')}
        </Button>
      </div>
      <Fetched query={rosters}>
        {(shifts) => (
          <>
            <Week shifts={shifts.filter((shift) => shift.gridId === gridId)} onChanged={rosters.reload} />
            {adding && (
              <NewShiftDialog
                gridId={gridId}
                shifts={shifts}
                onClose={() => setAdding(false)}
                onCreated={rosters.reload}
              />
            )}
          </>
        )}
      </Fetched>
    </>
  );
}

function Week({ shifts, onChanged }: { shifts: readonly ShiftView[]; onChanged: () => void }) {
  const { t, format } = useDisplay();
  return (
    <div className="grid min-w-0 gap-2 wide:grid-cols-7">
      {weekdays.map((weekday) => {
        const day = shifts
          .filter((shift) => shift.weekday === weekday)
          .sort((a, b) => a.fromMinute - b.fromMinute || b.duty.localeCompare(a.duty));
        return (
          <Card key={weekday} title={format.weekday(weekday, 'long')} flush>
            <ul className="grid gap-1.5 px-2 pt-1 pb-2">
              {day.length === 0 && (
                <li className="px-2 text-fine font-semibold text-danger">{t('rosters.nobody')}</li>
              )}
              {day.map((shift) => (
                <ShiftItem key={shift.id} shift={shift} onChanged={onChanged} />
              ))}
            </ul>
          </Card>
        );
      })}
    </div>
  );
}

function ShiftItem({ shift, onChanged }: { shift: ShiftView; onChanged: () => void }) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const text = useErrorText();
  const remove = async () => {
    try {
      await api.deleteShift(shift.id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ tone: 'danger', text: text(error) });
    }
    onChanged();
  };
  return (
    <li className="rounded-control bg-paper pb-1.5 pl-2.5">
      <div className="flex items-center justify-between gap-1">
        <p className="min-w-0 text-small font-semibold">{shift.account.name}</p>
        <IconButton
          icon="close"
          label={t('rosters.remove', { name: shift.account.name })}
          onClick={() => void remove()}
        />
      </div>
      <p className="tnum -mt-1.5 pr-2 text-fine leading-snug text-muted">
        <span className="block whitespace-nowrap">
          {minuteText(shift.fromMinute)}–{minuteText(shift.toMinute)}
        </span>
        {t(`duty.${shift.duty}`)}
      </p>
    </li>
  );
}
