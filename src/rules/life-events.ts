import type { AlertChange, LifeEvent } from '../model/alerts.ts';
import { applies, type Rule } from './rule.ts';

export type Verdict = { raise: Rule[]; late: boolean } | { raise: []; because: string };

/**
 * Which rules an event on the lane of life fires. Live events fire; an `sos` or a `fall` that the device buffered fires late;
 * whatever else is retained, replayed, simulated, a test or history does not. `isOld`: it calls itself live, and a clock that is known to be right
 * says that it happened long ago.
 */
export function judge(
  rules: readonly Rule[],
  event: LifeEvent,
  { isOld = false }: { isOld?: boolean } = {},
): Verdict {
  const isLate = event.origin === 'history';
  const mayBeLate = event.signal === 'sos' || event.signal === 'fall';
  if (event.origin !== 'live' && !(isLate && mayBeLate))
    return { raise: [], because: `origin is ${event.origin}` };
  const raise = rules.filter((rule) => watches(rule, event) && applies(rule, event));
  return raise.length > 0 ? { raise, late: isLate || isOld } : { raise: [], because: 'no rule for it' };
}

const watches = (rule: Rule, event: LifeEvent): boolean =>
  rule.parts.some((part) => part.type === 'event' && part.signal === event.signal);

export function changeOfEvent(rule: Rule, event: LifeEvent, late: boolean): AlertChange {
  const { subjectId, deviceId, assetId, gatewayId, channel } = event;
  const { location, networkScan, battery, code } = event.context;
  return {
    rule: rule.name,
    kind: rule.kind,
    severity: rule.severity,
    consequence: rule.consequence,
    state: 'firing',
    at: event.observedAt,
    receivedAt: event.receivedAt,
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(subjectId === undefined ? {} : { subjectId }),
    ...(assetId === undefined ? {} : { assetId }),
    ...(gatewayId === undefined ? {} : { gatewayId }),
    ...(channel === undefined ? {} : { channel }),
    protocol: event.protocol,
    nativeId: event.nativeId,
    source: event.source,
    late,
    ...(event.repeated ? { repeated: true } : {}),
    evidence: {
      signal: event.signal,
      value: true,
      receivedAt: event.receivedAt,
      ...(location ? { location } : {}),
      ...(networkScan ? { networkScan } : {}),
      ...(battery === undefined ? {} : { battery }),
      ...(code === undefined ? {} : { code }),
    },
  };
}
