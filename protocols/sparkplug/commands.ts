import type { DownlinkCommand, EncodedDownlink, Publication } from '../../src/model/uplinks.ts';
import { datatypes, encodeCommand } from './payload.ts';
import { type Memory, NODE, type TaughtMetric, taughtOf } from './session.ts';
import { commandTopic, nativeIdOf } from './topics.ts';

const REBIRTH = 'Node Control/Rebirth';

/** Asks an edge node to tell everything anew. */
export function rebirthRequest(prefix: string, at: number): Publication[] {
  const topic = commandTopic(prefix, undefined);
  const command = { name: REBIRTH, datatype: datatypes.boolean, value: true };
  return topic === undefined ? [] : [{ topic, bytes: encodeCommand(command, at) }];
}

function isContact({ meaning: { field } }: TaughtMetric): boolean {
  return field?.signal === 'breaker_position' || field?.signal === 'valve_position';
}

/** The metric that shows and moves the contact of this channel; without a channel that which has none, or the only one. */
function contactOf(metrics: readonly TaughtMetric[], channel: string | undefined): TaughtMetric | undefined {
  const contacts = metrics.filter(isContact);
  const exact = contacts.find(({ meaning }) => meaning.channel === channel);
  return exact ?? (channel === undefined && contacts.length === 1 ? contacts[0] : undefined);
}

/** Closing in the form that the metric has: a number or yes and no. Texts are each maker's own. */
function valueFor(
  { datatype }: TaughtMetric,
  closed: boolean,
): { datatype: number; value: boolean | number } | undefined {
  if (datatype === datatypes.boolean || datatype === undefined)
    return { datatype: datatypes.boolean, value: closed };
  if (datatype >= datatypes.int8 && datatype <= datatypes.uint64) return { datatype, value: closed ? 1 : 0 };
  return undefined;
}

interface Target {
  nativeId: string;
  memory: Memory;
  prefix: string;
}

/** DCMD, or NCMD where the contact is the edge node's own; the metric shows the new position. */
export function encodeSwitch(
  command: DownlinkCommand,
  { nativeId, memory, prefix }: Target,
): EncodedDownlink | undefined {
  if (command.kind !== 'switch') return undefined;
  const [, group = '', edge = ''] = prefix.split('/');
  const { devices } = taughtOf(memory);
  const device = Object.keys(devices).find(
    (name) => name !== NODE && nativeIdOf({ group, edge, device: name }) === nativeId,
  );
  const metric = contactOf(devices[device ?? NODE]?.metrics ?? [], command.channel);
  const { signal } = metric?.meaning.field ?? {};
  const topic = commandTopic(prefix, device);
  if (!metric || topic === undefined || (signal !== 'breaker_position' && signal !== 'valve_position'))
    return undefined;
  const breaker = signal === 'breaker_position';
  const closed = breaker ? command.on : !command.on;
  const told = valueFor(metric, metric.meaning.inverted ? !command.on : command.on);
  if (!told) return undefined;
  const { channel } = metric.meaning;
  return {
    topic,
    bytes: encodeCommand({ name: metric.name, ...told }, memory.heardAt),
    confirmedBy: { signal, ...(channel === undefined ? {} : { channel }), value: closed ? 'closed' : 'open' },
  };
}
