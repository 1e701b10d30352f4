import { useMemo, useState } from 'react';
import { RuleFaultsLine } from '../admin/rule-faults.tsx';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { recall, remember } from '../core/storage.ts';
import { useDisplay } from '../i18n/language.tsx';
import { isUnanswered } from '../incidents/describe.ts';
import { useRing } from '../ring/ring-state.tsx';
import { useOpenTickets } from '../tickets/ticket-list.tsx';
import { Fetched } from '../ui/states.tsx';
import { areaOf } from './area.ts';
import { AreaFilter } from './area-filter.tsx';
import { BoardFigures } from './board-figures.tsx';
import { BoardMap } from './board-map.tsx';
import { BoardPanel } from './board-panel.tsx';
import { DeskSound } from './desk-sound.tsx';
import { ReviewLists } from './review-lists.tsx';
import { SensorStates } from './sensor-states.tsx';
import { WearerStates } from './wearer-states.tsx';
import { waitsAtDesk } from './work.ts';
import { type Chosen, Worklist } from './worklist.tsx';

/** What the board shows, fetched again as it changes. */
function useBoardData() {
  const { open } = useRing();
  return {
    open,
    tickets: useOpenTickets(),
    subjects: useQuery('subjects', api.subjects, { topics: ['incident', 'alert', 'device'], pollMs: 15_000 }),
    devices: useQuery('devices', api.devices, { topics: ['ticket'], pollMs: 30_000 }),
    assets: useQuery('assets', api.assets, { pollMs: 300_000 }),
    grids: useQuery('grids', api.grids, { pollMs: 300_000 }),
  };
}

function useAreaChoice(data: ReturnType<typeof useBoardData>) {
  const [choice, setChoice] = useState(() => String(recall('board.area') ?? 'all'));
  const grids = data.grids.data;
  const assets = data.assets.data;
  const area = useMemo(
    () => areaOf(choice, { grids: grids ?? [], assets: assets ?? [] }),
    [choice, grids, assets],
  );
  const choose = (next: string) => {
    remember('board.area', next);
    setChoice(next);
  };
  return { area, choice, choose };
}

/** What there is to do, where it is, and how people and sensors are or what was chosen. */
const columns =
  'wide:min-h-0 wide:flex-1 wide:grid-cols-[minmax(18rem,25rem)_minmax(0,1fr)_minmax(18rem,26rem)] wide:grid-rows-[minmax(0,1fr)]';

/**
 * The desk of a street or city: what is open and how old, where, how wearers and sensors are, and beside it what was chosen. It fills the
 * window and its columns scroll; on a phone everything stands in one column and what was chosen takes the whole page.
 */
export function Board({ incidentId, ticketId }: Chosen) {
  const { t } = useDisplay();
  const data = useBoardData();
  const { area, choice, choose } = useAreaChoice(data);
  const chosen = useMemo(() => ({ incidentId, ticketId }), [incidentId, ticketId]);
  const isChosen = incidentId !== undefined || ticketId !== undefined;
  const shown = useShown(data, area);
  const rest = isChosen ? 'hidden wide:flex' : 'flex';
  const figures = <BoardFigures tickets={data.tickets.data} devices={data.devices.data} />;
  return (
    <div className="flex min-w-0 flex-col gap-3 wide:h-full wide:min-h-[40rem]">
      <h1 className="sr-only">{t('nav.board')}</h1>
      <div className={`flex-col gap-3 ${rest}`}>
        <RuleFaultsLine />
        <div className="grid gap-3 wide:grid-cols-[20rem_minmax(0,1fr)] wide:items-center">
          <AreaFilter
            choice={choice}
            grids={data.grids.data ?? []}
            assets={data.assets.data ?? []}
            onChange={choose}
          />
          <DeskSound waiting={(data.tickets.data ?? []).filter(waitsAtDesk)} />
        </div>
        <div className="hidden wide:block">{figures}</div>
      </div>
      <div className={`grid min-w-0 gap-3 ${columns}`}>
        <div className={`min-w-0 flex-col gap-3 *:shrink-0 wide:overflow-y-auto ${rest}`}>
          <Fetched query={data.open}>
            {() => <Worklist incidents={shown.incidents} tickets={shown.tickets} chosen={chosen} />}
          </Fetched>
          <ReviewLists chosen={chosen} />
        </div>
        <div className={`min-w-0 flex-col gap-3 wide:min-h-0 ${rest}`}>
          <div className="wide:hidden">{figures}</div>
          <BoardMap {...shown} grids={data.grids.data} chosen={chosen} focusGridId={area.gridId} />
        </div>
        {isChosen ? (
          <BoardPanel chosen={chosen} />
        ) : (
          <div className="flex min-w-0 flex-col gap-3 wide:min-h-0 wide:*:min-h-0 wide:*:flex-1">
            <Fetched query={data.subjects}>{() => <WearerStates subjects={shown.subjects} />}</Fetched>
            <Fetched query={data.devices}>{() => <SensorStates devices={shown.devices} />}</Fetched>
          </div>
        )}
      </div>
    </div>
  );
}

/** What lies in the area that was chosen; who waits for an answer is never left out. */
function useShown(data: ReturnType<typeof useBoardData>, area: ReturnType<typeof areaOf>) {
  const open = data.open.data;
  const tickets = data.tickets.data;
  const subjects = data.subjects.data;
  const devices = data.devices.data;
  return useMemo(
    () => ({
      incidents: (open ?? []).filter((one) => isUnanswered(one.status) || area.holdsIncident(one)),
      tickets: (tickets ?? []).filter(area.holdsTicket),
      subjects: (subjects ?? []).filter(area.holdsSubject),
      devices: (devices ?? []).filter(area.holdsDevice),
    }),
    [open, tickets, subjects, devices, area],
  );
}
