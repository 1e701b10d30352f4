import type { Decoded, DecodedPart, Protocol, Uplink, UplinkOutcome } from '../model/uplinks.ts';
import { type Attributed, attribute } from './attribute.ts';
import type { LevelReports } from './level-reports.ts';
import { keyEvents } from './life-events.ts';
import type { Prepared } from './prepared.ts';
import { type RecentSequences, retransmissionKey } from './retransmission.ts';
import { type Peek, partitionOf, type Speaker, speakerOf } from './speaker.ts';
import { rowOf } from './uplink-row.ts';

const REASON_REPEATED = 'a repetition of an uplink that was taken already';

export interface AssessDeps {
  protocol: Protocol | undefined;
  peek: Peek;
  partitions: number;
  sequences: RecentSequences;
  levels: LevelReports;
}

/** What one device says in an uplink, judged. */
export interface Assessed extends Prepared {
  decoded: Decoded;
  outcome: UplinkOutcome;
  speaker: Speaker;
  urgent: boolean;
  /** Was remembered as taken; to be forgotten where it could not be stored. */
  sequenceKey: string | undefined;
}

/** An uplink and what it says of further devices, the uplink itself first. */
export function assessAll(uplink: Uplink, decoded: Decoded, deps: AssessDeps): [Assessed, ...Assessed[]] {
  const main = assess(uplink, decoded, deps);
  if (!decoded.others || decoded.others.length === 0) return [main];
  const bytes = new Uint8Array(0);
  const parts = decoded.others.map((part) => {
    const assessed = assess(uplink, partOf(decoded, part), deps);
    // The bytes stand in the first row.
    return { ...assessed, row: { ...assessed.row, bytes } };
  });
  if (decoded.nativeId !== undefined) return [main, ...parts];
  const outcome = parts.some((part) => part.outcome === 'ok') ? 'ok' : (parts[0]?.outcome ?? main.outcome);
  return [{ ...main, outcome, row: { ...main.row, outcome } }, ...parts];
}

function partOf({ session, command }: Decoded, part: DecodedPart): Decoded {
  return { ...part, session, command, outcome: part.readings.length > 0 ? 'ok' : 'empty', replies: [] };
}

function assess(uplink: Uplink, decoded: Decoded, deps: AssessDeps): Assessed {
  const { peek, partitions, protocol, levels, sequences } = deps;
  const speaker = speakerOf(uplink, decoded, { protocol, peek });
  const { device } = speaker;
  const isGateway = device?.topicPrefix !== undefined && !protocol?.gateway?.alone;
  const attributed = attribute(uplink, decoded, { device, twin: speaker.twin, isGateway });
  const key = sequenceKeyOf(uplink, decoded, { speaker, attributed });
  const isRepeated = key !== undefined && sequences.seen(key, uplink.receivedAt);
  const outcome = isRepeated ? 'duplicate' : outcomeOf(decoded, speaker);
  const events = attributed.lifeEvents;
  const readings = isRepeated ? [] : attributed.readings;
  const reason = isRepeated ? REASON_REPEATED : (speaker.refusal ?? attributed.reason ?? null);
  const who = device ?? speaker.twin;
  return {
    ...keyEvents(uplink, decoded, { events, deviceId: who?.id, levels, isOpen: speaker.isOpen }),
    decoded,
    outcome,
    speaker,
    urgent: events.length > 0,
    sequenceKey: isRepeated ? undefined : key,
    readings,
    partition: partitionOf(device, partitions),
    row: rowOf(uplink, {
      outcome,
      nativeId: decoded.nativeId ?? uplink.claimedId ?? null,
      command: decoded.command,
      deviceId: device?.id ?? (decoded.nativeId === undefined ? (speaker.gateway?.id ?? null) : null),
      reason,
      readingCount: readings.length,
    }),
  };
}

function outcomeOf(decoded: Decoded, { refusal, device }: Speaker): UplinkOutcome {
  if (decoded.outcome === 'undecodable') return 'undecodable';
  if (refusal !== undefined) return 'forbidden';
  if (!device) return 'unknown_device';
  return decoded.outcome === 'empty' ? 'empty' : 'ok';
}

/** What tells a repetition; life events are told apart by the database. */
function sequenceKeyOf(
  uplink: Uplink,
  decoded: Decoded,
  { speaker, attributed }: { speaker: Speaker; attributed: Attributed },
): string | undefined {
  if (decoded.sequence === undefined || attributed.lifeEvents.length > 0) return undefined;
  return outcomeOf(decoded, speaker) === 'ok'
    ? retransmissionKey(uplink, decoded, speaker.isOpen).key
    : undefined;
}
