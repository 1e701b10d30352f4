import { Dialogue, type DialogueDeps, type DialogueEvents, type Wire } from './dialogue.ts';

/** Devices of one dialogue that can be reached by it: a relay may speak for many. */
const MOST_OF_ONE = 1_000;

/** The dialogues of one listener: which device is to be reached by which of them. */
export interface Dialogues {
  begin(wire: Wire): Dialogue;
  ended(dialogue: Dialogue): void;
  count(): number;
  all(): Iterable<Dialogue>;
  /** Sends what waits for a device, under any of these spellings, where it was heard last. */
  deliver(spellings: readonly string[]): void;
}

/**
 * `onlyOne`: a second connection of a device takes the place of the first, which its network left behind; one from another address does not,
 * for anybody can name a device, and what nobody uses any more ends by its silence. Of a relay that speaks for many, one
 * after the other, nothing is cut as long as it speaks for another one.
 */
export function createDialogues(
  deps: DialogueDeps,
  { onlyOne, settled = () => {} }: { onlyOne: boolean; settled?: DialogueEvents['settled'] },
): Dialogues {
  /** Each with the devices that spoke in it. */
  const open = new Map<Dialogue, Set<string>>();
  const latest = new Map<string, Dialogue>();
  let frames = 0;
  const forget = (dialogue: Dialogue, nativeId: string) => {
    if (latest.get(nativeId) === dialogue) latest.delete(nativeId);
  };
  const remember = (dialogue: Dialogue, nativeId: string) => {
    const spoke = open.get(dialogue);
    if (!spoke?.add(nativeId)) return;
    latest.set(nativeId, dialogue);
    const [first] = spoke;
    if (spoke.size <= MOST_OF_ONE || first === undefined) return;
    spoke.delete(first);
    forget(dialogue, first);
  };
  const knows = (dialogue: Dialogue, isNew: boolean) => {
    const { nativeId } = dialogue;
    if (nativeId === undefined) return;
    const other = latest.get(nativeId);
    if (other === dialogue) return;
    const isSameSource = other?.wire.source === dialogue.wire.source;
    if (other && onlyOne && isNew && isSameSource && other.nativeId === nativeId) {
      if (other.begunNo > dialogue.begunNo) return;
      deps.log.debug({ nativeId }, 'a later connection of the device takes the place of this one');
      other.wire.cut();
    }
    if (!other || other.heardNo <= dialogue.heardNo) remember(dialogue, nativeId);
  };
  return {
    begin(wire) {
      const dialogue = new Dialogue(wire, deps, { nextNo: () => ++frames, knows, settled });
      open.set(dialogue, new Set());
      return dialogue;
    },
    ended(dialogue) {
      for (const nativeId of open.get(dialogue) ?? []) forget(dialogue, nativeId);
      open.delete(dialogue);
    },
    count: () => open.size,
    all: () => open.keys(),
    deliver(spellings) {
      const [found] = spellings
        .flatMap((nativeId) => ({ nativeId, dialogue: latest.get(nativeId) }))
        .toSorted((a, b) => (b.dialogue?.heardNo ?? -1) - (a.dialogue?.heardNo ?? -1));
      found?.dialogue?.sendWaiting(found.nativeId);
    },
  };
}
