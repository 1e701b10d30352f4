import { breathe } from '../../platform/breathe.ts';

const AT_ONCE = 4_000;

/** Goes through a long list and lets others have the processor in between: an SOS does not wait for a report. */
export async function inPieces<T>(list: readonly T[], each: (one: T) => void): Promise<void> {
  for (let from = 0; from < list.length; from += AT_ONCE) {
    for (const one of list.slice(from, from + AT_ONCE)) each(one);
    await breathe();
  }
}
