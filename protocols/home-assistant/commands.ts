import type { DownlinkCommand, EncodedDownlink, ProtocolSession } from '../../src/model/uplinks.ts';
import { indexOf, type Ready } from './entities.ts';
import { memoryOf, taughtOf } from './session.ts';
import { parseTemplate, render } from './template.ts';

/** What a command topic is told, where its template is one that is understood. */
function told({ entity: { command } }: Ready, word: string): EncodedDownlink | undefined {
  if (!command) return undefined;
  const template = command.template === undefined ? undefined : parseTemplate(command.template);
  if (typeof template === 'string') return undefined;
  const text = template ? render(template, { text: word }) : word;
  return text === undefined ? undefined : { topic: command.topic, bytes: Buffer.from(text) };
}

/** Without a channel the one that has none, or the only one there is. */
function contactOf(entities: readonly Ready[], channel: string | undefined): Ready | undefined {
  const contacts = entities.filter(
    ({ entity: { means, command } }) => command && (means.as === 'breaker' || means.as === 'valve'),
  );
  const exact = contacts.find((one) => one.channel.channel === channel);
  return exact ?? (channel === undefined && contacts.length === 1 ? contacts[0] : undefined);
}

function switchTo(contact: Ready, on: boolean): EncodedDownlink | undefined {
  const { entity, channel } = contact;
  const sent = told(contact, (on ? entity.command?.on : entity.command?.off) ?? '');
  if (!sent || entity.topic === undefined) return sent;
  const breaker = entity.means.as === 'breaker';
  const signal = breaker ? ('breaker_position' as const) : ('valve_position' as const);
  return { ...sent, confirmedBy: { signal, ...channel, value: on === breaker ? 'closed' : 'open' } };
}

/** On the command topic of the entity; a switch counts when the device shows its new position. */
export function encode(
  command: DownlinkCommand,
  { nativeId, session }: { nativeId: string; session: ProtocolSession },
): EncodedDownlink | undefined {
  const { all } = indexOf(taughtOf(memoryOf(session)));
  const entities = all.filter(({ entity }) => entity.device === nativeId);
  if (command.kind === 'switch') {
    const contact = contactOf(entities, command.channel);
    return contact && switchTo(contact, command.on);
  }
  if (command.kind !== 'ring' && command.kind !== 'restart') return undefined;
  const found = entities.find(
    ({ entity: { means } }) => means.as === 'command' && means.kind === command.kind,
  );
  return found && told(found, found.entity.command?.on ?? '');
}
