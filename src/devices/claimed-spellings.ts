import type { Protocol } from '../model/uplinks.ts';
import { commonSpelling, spellingsOf } from './command-store.ts';
import type { Spelling } from './device-store.ts';

type Spoken = Pick<Protocol, 'name' | 'aliases'>;

/** One way in which a device may announce itself, and the typed id that it stands for. */
export interface ClaimedSpelling extends Spelling {
  typed: string;
}

/** Whoever reads an id off a label does not know whether its letters are large or small for the device. */
const inAnyCase = (typedId: string): string[] => [
  ...new Set([typedId, typedId.toLowerCase(), typedId.toUpperCase()]),
];

/** Every spelling by which the device of a typed id may announce itself in these languages. */
export function spellingsIn(protocols: readonly Spoken[], typedId: string): ClaimedSpelling[] {
  return protocols.flatMap((protocol) =>
    inAnyCase(typedId).flatMap((typed) =>
      spellingsOf(protocol, typed).map((spelling) => ({ protocol: protocol.name, spelling, typed })),
    ),
  );
}

/** The spellings that all spellings of the device share, of each of the languages. */
export function commonSpellings(protocols: readonly Spoken[], typedId: string): string[] {
  const typed = inAnyCase(typedId);
  return [...new Set(protocols.flatMap((protocol) => typed.map((id) => commonSpelling(protocol, id))))];
}

/** The typed id as the device that announced itself so means it; undefined where it is another device. */
export function typedAs(protocol: Spoken, typedId: string, nativeId: string): string | undefined {
  const heard = commonSpelling(protocol, nativeId);
  return inAnyCase(typedId).find((typed) => commonSpelling(protocol, typed) === heard);
}
