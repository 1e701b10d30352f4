import type { AlertChange } from '../model/alerts.ts';
import type { Trx } from '../platform/database.ts';
import {
  type AlertTable,
  type AlertUpdate,
  announceAlerts,
  insertAlerts,
  type NewAlert,
  updateAlerts,
} from './alert-store.ts';
import { isBeginning } from './corrections.ts';
import type { AlertRef } from './holder.ts';
import type { Rule } from './rule.ts';
import type { RuleChange } from './rule-change.ts';

/** The point that a change is about. */
export interface Whose {
  deviceId: number;
  subjectId: number | undefined;
  assetId: number | undefined;
  gatewayId: number | undefined;
  protocol: string;
  nativeId: string;
  channel: string | undefined;
}

/** Of what rule and scope the alert is; the alert that stands, or the last one that did, is put there. */
interface Owner {
  rule: Rule;
  alert: AlertRef | undefined;
}

interface Draft extends NewAlert {
  ref: AlertRef;
  table: AlertTable;
}

interface Entry {
  change: RuleChange;
  whose: Whose;
  owner: Owner;
}

/**
 * Gathers the changes of one drain and writes them in few statements. An alert that fires and resolves within the drain is
 * stored once, as resolved.
 */
export class AlertLedger {
  #drafts = new Map<AlertRef, Draft>();
  #updates = new Map<AlertRef, AlertUpdate & { table: AlertTable }>();
  #changes: { change: AlertChange; ref: AlertRef | undefined; isTold: boolean; table: AlertTable }[] = [];

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  add(entry: Entry): void {
    const { change, whose, owner } = entry;
    if (change.history) this.#open(entry, { firedAt: change.history.firedAt, resolvedAt: change.at });
    else if (isBeginning(change) || !owner.alert)
      this.#open(entry, {
        firedAt: change.at,
        resolvedAt: isMoment(owner.rule, change) ? change.at : undefined,
      });
    else this.#follow(owner.alert, entry);
    this.#changes.push({
      change: toAlertChange(owner.rule, change, whose),
      ref: owner.alert,
      isTold: isTold(owner.rule, change),
      table: tableOf(owner.rule),
    });
  }

  #open({ change, whose, owner }: Entry, times: { firedAt: number; resolvedAt: number | undefined }): void {
    const { rule } = owner;
    const ref: AlertRef = {};
    owner.alert = ref;
    this.#drafts.set(ref, {
      ref,
      table: tableOf(rule),
      rule: rule.name,
      ruleVersion: rule.version,
      kind: rule.kind,
      severity: change.severity,
      deviceId: whose.deviceId,
      subjectId: whose.subjectId,
      assetId: whose.assetId,
      protocol: whose.protocol,
      nativeId: whose.nativeId,
      channel: whose.channel,
      faultClass: rule.faultClass,
      ...times,
      evidence: {
        ...change.evidence,
        ...(change.history ? { history: true } : {}),
        ...(change.late ? { late: true } : {}),
      },
    });
  }

  #follow(ref: AlertRef, { change, owner }: Entry): void {
    const draft = this.#drafts.get(ref);
    const step = updateOf(change);
    if (draft) {
      if (step.severity) draft.severity = step.severity;
      if (step.firedAt !== undefined) draft.firedAt = step.firedAt;
      if (step.resolvedAt !== undefined) draft.resolvedAt = step.resolvedAt ?? undefined;
      if (step.withdrawnAt !== undefined) draft.withdrawnAt = step.withdrawnAt;
      draft.evidence = { ...draft.evidence, ...step.evidence };
      return;
    }
    const before = this.#updates.get(ref);
    const evidence = { ...before?.evidence, ...step.evidence };
    this.#updates.set(ref, { ...before, ...step, evidence, ref, table: tableOf(owner.rule) });
  }

  /** Whether people are to be told of any such. */
  tells(isSuch: (change: AlertChange) => boolean): boolean {
    return this.#changes.some(({ change, isTold, table }) => isTold && table === 'alerts' && isSuch(change));
  }

  /** Writes the alerts, tells open pages, and returns what people are to be told of, in order, with the ids of the alerts. */
  async write(trx: Trx): Promise<AlertChange[]> {
    for (const table of ['alerts', 'shadow_alerts'] as const) {
      const isOfTable = (one: { table: AlertTable }): boolean => one.table === table;
      await updateAlerts(trx, [...this.#updates.values()].filter(isOfTable), table);
      const drafts = [...this.#drafts.values()].filter(isOfTable);
      const ids = await insertAlerts(trx, drafts, table);
      for (const [index, { ref }] of drafts.entries()) {
        const id = ids[index];
        if (id !== undefined) ref.id = id;
      }
    }
    const live = this.#changes.filter(({ table }) => table === 'alerts');
    await announceAlerts(
      trx,
      live.flatMap(({ change, ref }) =>
        ref?.id === undefined ? [] : [{ id: ref.id, status: change.state }],
      ),
    );
    return live
      .filter((entry) => entry.isTold)
      .map(({ change, ref }) => (ref?.id === undefined ? change : { ...change, alertId: ref.id }));
  }
}

const tableOf = (rule: Rule): AlertTable => (rule.shadow ? 'shadow_alerts' : 'alerts');

/** An event that does not stand is over as soon as it happened. */
const isMoment = ({ parts: [first] }: Rule, change: RuleChange): boolean =>
  change.state === 'resolved' || (first?.type === 'event' && !first.stands);

/** What is only put right, gets better or is long over is recorded; nobody is called for it. */
const isTold = (rule: Rule, change: RuleChange): boolean =>
  !rule.shadow && !change.history && !change.eased && change.correction !== 'amended';

type Step = Omit<AlertUpdate, 'ref'>;

function updateOf(change: RuleChange): Step {
  const { severity, at, correction } = change;
  const said = { ...change.evidence, at };
  if (correction === 'withdrawn')
    return { resolvedAt: at, withdrawnAt: change.knownAt, evidence: { withdrawn: said } };
  if (correction === 'reopened') return { severity, resolvedAt: null, evidence: { reopened: said } };
  if (change.state === 'resolved') return { severity, resolvedAt: at, evidence: { cleared: said } };
  if (correction === 'amended') return { severity, firedAt: at, evidence: { amended: said } };
  const key = change.rise ? 'risen' : change.eased ? 'eased' : 'again';
  return { severity, evidence: { [key]: said } };
}

function toAlertChange(rule: Rule, change: RuleChange, whose: Whose): AlertChange {
  const { subjectId, assetId, gatewayId, channel } = whose;
  return {
    rule: rule.name,
    kind: rule.kind,
    severity: change.severity,
    consequence: change.consequence,
    ...(rule.faultClass ? { faultClass: rule.faultClass } : {}),
    ...(rule.switchOff ? { switchOff: true } : {}),
    state: change.state,
    at: change.at,
    receivedAt: change.knownAt,
    deviceId: whose.deviceId,
    ...(subjectId === undefined ? {} : { subjectId }),
    ...(assetId === undefined ? {} : { assetId }),
    ...(gatewayId === undefined ? {} : { gatewayId }),
    ...(channel === undefined ? {} : { channel }),
    protocol: whose.protocol,
    nativeId: whose.nativeId,
    source: '',
    late: change.late === true,
    evidence: {
      ...change.evidence,
      ...(change.again ? { again: true } : {}),
      ...(change.correction === 'withdrawn' ? { withdrawn: true } : {}),
    },
  };
}
