import type { AlertChange } from '../model/alerts.ts';
import type { Trx } from '../platform/database.ts';
import {
  type AlertUpdate,
  announceAlerts,
  insertAlerts,
  type NewAlert,
  updateAlerts,
} from './alert-store.ts';
import type { Rule } from './rule.ts';
import type { RuleChange } from './rule-change.ts';
import type { RuleState } from './rule-state.ts';

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

/** Where the state of rule × scope is kept: the id of its alert is put there once it is known. */
export interface StateSlot {
  state: RuleState | undefined;
}

interface Draft extends NewAlert {
  id?: number;
}

/**
 * Gathers the changes of one drain and writes them in few statements. An alert that fires and resolves within the drain is
 * stored once, as resolved.
 */
export class AlertLedger {
  #drafts: Draft[] = [];
  #fresh = new Map<StateSlot, Draft>();
  #updates = new Map<number, AlertUpdate>();
  #changes: { change: AlertChange; draft: Draft | undefined }[] = [];

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  /** `alertId`: of the alert that stood before the change, where it is stored already. */
  add(entry: {
    rule: Rule;
    change: RuleChange;
    whose: Whose;
    slot: StateSlot;
    alertId: number | undefined;
  }): void {
    const { rule, change, whose, slot, alertId } = entry;
    const draft = this.#fresh.get(slot);
    if (draft) follow(draft, change);
    else if (alertId !== undefined) this.#update(alertId, change);
    else this.#open(entry);
    this.#changes.push({
      change: toAlertChange(rule, change, { whose, alertId }),
      draft: this.#fresh.get(slot),
    });
    if (change.state === 'resolved' || !slot.state?.alert) this.#fresh.delete(slot);
  }

  #open({
    rule,
    change,
    whose,
    slot,
  }: {
    rule: Rule;
    change: RuleChange;
    whose: Whose;
    slot: StateSlot;
  }): void {
    const isMoment = change.state === 'resolved' || !slot.state?.alert;
    const draft: Draft = {
      rule: rule.name,
      kind: rule.kind,
      severity: change.severity,
      deviceId: whose.deviceId,
      subjectId: whose.subjectId,
      assetId: whose.assetId,
      protocol: whose.protocol,
      nativeId: whose.nativeId,
      channel: whose.channel,
      faultClass: rule.faultClass,
      firedAt: change.at,
      resolvedAt: isMoment ? change.at : undefined,
      evidence: change.evidence,
    };
    this.#drafts.push(draft);
    this.#fresh.set(slot, draft);
  }

  #update(id: number, change: RuleChange): void {
    const before = this.#updates.get(id);
    const key = change.state === 'resolved' ? 'cleared' : 'risen';
    this.#updates.set(id, {
      id,
      severity: change.severity,
      resolvedAt: change.state === 'resolved' ? change.at : undefined,
      evidence: { ...before?.evidence, [key]: { ...change.evidence, at: change.at } },
    });
  }

  /** Writes the alerts, tells open pages, and returns the changes in order with the ids of their alerts. */
  async write(trx: Trx): Promise<AlertChange[]> {
    await updateAlerts(trx, [...this.#updates.values()]);
    const ids = await insertAlerts(trx, this.#drafts);
    for (const [index, draft] of this.#drafts.entries()) {
      const id = ids[index];
      if (id !== undefined) draft.id = id;
    }
    for (const [slot, draft] of this.#fresh)
      if (slot.state?.alert && draft.id !== undefined)
        slot.state = { ...slot.state, alert: { ...slot.state.alert, id: draft.id } };
    const changes = this.#changes.map(({ change, draft }) =>
      draft?.id === undefined ? change : { ...change, alertId: draft.id },
    );
    await announceAlerts(
      trx,
      changes.flatMap(({ alertId, state }) =>
        alertId === undefined ? [] : [{ id: alertId, status: state }],
      ),
    );
    return changes;
  }
}

function follow(draft: Draft, change: RuleChange): void {
  const key = change.state === 'resolved' ? 'cleared' : 'risen';
  draft.severity = change.severity;
  draft.evidence = { ...draft.evidence, [key]: { ...change.evidence, at: change.at } };
  if (change.state === 'resolved') draft.resolvedAt = change.at;
}

function toAlertChange(
  rule: Rule,
  change: RuleChange,
  { whose, alertId }: { whose: Whose; alertId: number | undefined },
): AlertChange {
  const { subjectId, assetId, gatewayId, channel } = whose;
  return {
    ...(alertId === undefined ? {} : { alertId }),
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
    late: false,
    evidence: change.evidence,
  };
}
