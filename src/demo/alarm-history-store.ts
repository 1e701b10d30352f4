import { sql } from 'kysely';
import type { Db, Trx } from '../platform/database.ts';
import { alarmHistory, momentOf, type PastIncident, type PastNotice } from './alarm-history.ts';

/** An elder with a band, and who hears of her. */
interface Wearer {
  device_id: number;
  native_id: string;
  protocol: string;
  subject_id: number;
  grid_id: number;
  address: string | null;
  worker_id: number;
  told: number[];
}

/** Writes the week before `now` into the demo's database; to be called once. */
export function seedAlarmHistory(db: Db, now: number): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const wearers = await readWearers(trx);
    for (const past of alarmHistory.incidents) await insertIncident(trx, past, { wearers, now });
    const accounts = new Map(
      (await trx.selectFrom('accounts').select(['id', 'login']).execute()).map(({ id, login }) => [
        login,
        id,
      ]),
    );
    for (const past of alarmHistory.notices) await insertNotice(trx, past, { wearers, accounts, now });
  });
}

async function readWearers(trx: Trx): Promise<Wearer[]> {
  const { rows } = await sql<Wearer>`
    select d.id as device_id, d.native_id, d.protocol, s.id as subject_id, s.home_grid_id as grid_id, s.home_address as address,
      w.account_id as worker_id,
      array_prepend(w.account_id, array(select m.account_id from subject_members m where m.subject_id = s.id)) as told
    from devices d join subjects s on s.id = d.subject_id
    join lateral (
      select account_id from shifts where grid_id = s.home_grid_id and duty = 'worker' order by id limit 1
    ) w on true
    order by d.id`.execute(trx);
  return rows;
}

interface Context {
  wearers: readonly Wearer[];
  now: number;
}

const wearerOf = (elder: number, wearers: readonly Wearer[]): Wearer | undefined =>
  wearers[elder % Math.max(1, wearers.length)];

/** As it stood in the policy then; the page of an incident shows it. */
const policy = JSON.stringify({
  name: 'sos',
  steps: [{ afterMs: 0, notify: ['worker', 'family'] }],
  repeatEveryMs: 180_000,
  enRouteWithinMs: 300_000,
  onSceneWithinMs: 1_800_000,
  onSceneAtMostMs: 2_700_000,
  remindOnSceneMs: 1_800_000,
  reopenWithinMs: 1_800_000,
});

async function insertIncident(trx: Trx, past: PastIncident, { wearers, now }: Context): Promise<void> {
  const wearer = wearerOf(past.elder, wearers);
  if (!wearer) return;
  const raised = momentOf(past, now);
  const answered = raised + past.answeredAfterS * 1000;
  const resolved = raised + past.lastedMin * 60_000;
  const at = (ms: number) => new Date(ms);
  const { id } = await trx
    .insertInto('incidents')
    .values({
      kind: 'sos',
      severity: 'critical',
      status: 'closed',
      dedup_key: `subject ${wearer.subject_id} sos`,
      subject_id: wearer.subject_id,
      device_id: wearer.device_id,
      protocol: wearer.protocol,
      native_id: wearer.native_id,
      grid_id: wearer.grid_id,
      responsible_by: 'home',
      address: wearer.address,
      raised_at: at(raised),
      observed_at: at(raised),
      last_press_at: at(raised),
      owner_id: wearer.worker_id,
      notified_at: at(raised),
      acknowledged_at: at(answered),
      on_scene_at: at((answered + resolved) / 2),
      resolved_at: at(resolved),
      closed_at: at(resolved + 3_600_000),
      outcome: past.outcome,
      note: past.note,
      policy,
      evidence: JSON.stringify({ signal: 'sos', value: true, receivedAt: raised }),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await insertAlert(trx, wearer, {
    rule: 'sos',
    severity: 'critical',
    at: raised,
    until: raised,
    incidentId: id,
  });
  await insertTimeline(trx, id, { past, wearer, raised, answered, resolved });
  await insertTold(trx, wearer, { incident_id: id, template: 'incident_raised', ms: raised });
}

async function insertTimeline(
  trx: Trx,
  incidentId: number,
  of: { past: PastIncident; wearer: Wearer; raised: number; answered: number; resolved: number },
): Promise<void> {
  const { past, wearer, raised, answered, resolved } = of;
  const entries = [
    { kind: 'raised', ms: raised, actor: null },
    { kind: 'acknowledged', ms: answered, actor: wearer.worker_id },
    { kind: 'on_scene', ms: (answered + resolved) / 2, actor: wearer.worker_id },
    { kind: 'resolved', ms: resolved, actor: wearer.worker_id, outcome: past.outcome, note: past.note },
  ];
  await trx
    .insertInto('timeline')
    .values(
      entries.map(({ kind, ms, actor, ...detail }) => ({
        incident_id: incidentId,
        at: new Date(ms),
        kind,
        actor_id: actor,
        detail: JSON.stringify(detail),
      })),
    )
    .execute();
}

async function insertNotice(
  trx: Trx,
  past: PastNotice,
  { wearers, accounts, now }: Context & { accounts: ReadonlyMap<string, number> },
): Promise<void> {
  const own = wearerOf(past.elder, wearers);
  if (!own) return;
  const heardBy = accounts.get(past.heardBy ?? '');
  const wearer = heardBy === undefined ? own : { ...own, worker_id: heardBy, told: [heardBy] };
  const at = momentOf(past, now);
  const alertId = await insertAlert(trx, wearer, { ...past, at, until: at + past.lastedS * 1000 });
  await insertTold(trx, wearer, { alert_id: alertId, template: 'notice', ms: at });
}

interface PastAlert extends Pick<PastNotice, 'rule' | 'severity' | 'finding' | 'withdrawn'> {
  at: number;
  until: number;
  incidentId?: number;
}

async function insertAlert(trx: Trx, wearer: Wearer, alert: PastAlert): Promise<number> {
  const { rule, severity, at, until, finding, withdrawn, incidentId } = alert;
  const { id } = await trx
    .insertInto('alerts')
    .values({
      rule,
      kind: rule,
      severity,
      state: 'resolved',
      device_id: wearer.device_id,
      subject_id: wearer.subject_id,
      native_id: wearer.native_id,
      protocol: wearer.protocol,
      fired_at: new Date(at),
      resolved_at: new Date(until),
      withdrawn_at: withdrawn ? new Date(at + 90_000) : null,
      evidence: JSON.stringify({ receivedAt: at }),
      incident_id: incidentId ?? null,
      finding: finding ?? null,
      found_by: finding ? wearer.worker_id : null,
      found_at: finding ? new Date(until) : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function insertTold(
  trx: Trx,
  wearer: Wearer,
  of: { incident_id?: number; alert_id?: number; template: string; ms: number },
): Promise<void> {
  const { ms, ...what } = of;
  const at = new Date(ms);
  await trx
    .insertInto('notifications')
    .values(
      wearer.told.map((account_id) => ({
        ...what,
        account_id,
        channel: 'live',
        why: account_id === wearer.worker_id ? 'worker' : 'family',
        payload: '{}',
        state: 'read' as const,
        created_at: at,
        sent_at: at,
        updated_at: at,
      })),
    )
    .execute();
}
