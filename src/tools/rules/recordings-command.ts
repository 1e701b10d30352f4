import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { differenceLines, differences } from '../../rules/lab/difference.ts';
import { alertsOf, type LabAlert, labChange } from '../../rules/lab/lab-change.ts';
import { summarize, summaryLines } from '../../rules/lab/summary.ts';
import { readRecording } from '../../rules/recording.ts';
import { type ReplayedChange, type ReplayOptions, replay } from '../../rules/replay.ts';
import type { Rule } from '../../rules/rule.ts';
import { type Language, note, print } from './say.ts';

/** A recording knows no protocol, so that a rule which leaves the time to the protocol says nothing of it. */
const NEVER = Number.POSITIVE_INFINITY;
const DAY_MS = 86_400_000;

export interface RecordingsOptions {
  files: readonly string[];
  record: string | undefined;
  language: Language;
  timeZone: string;
  calendar: ReplayOptions['calendar'];
  /** Another rule set, that was: what differs is printed instead. */
  against: readonly Rule[] | undefined;
}

/** Plays recordings, each as one wearer or asset, and prints what the rules say. */
export async function recordingsCommand(rules: readonly Rule[], options: RecordingsOptions): Promise<number> {
  const { files, record, against, language, calendar } = options;
  const all: LabAlert[] = [];
  const found: ReturnType<typeof differences> = [];
  let totalMs = 0;
  for (const file of files) {
    const name = record ?? join(basename(dirname(resolve(file))), basename(file, extname(file)));
    const readings = readRecording(name, await readFile(file, 'utf8'));
    const [from, to] = [readings[0]?.receivedAt ?? 0, readings.at(-1)?.receivedAt ?? 0];
    const play = (set: readonly Rule[]) =>
      replay(set, readings, { expectedEveryMs: NEVER, untilMs: to, ...(calendar ? { calendar } : {}) });
    totalMs += to - from;
    const changes = play(rules);
    const alerts = alertsOf(changes.map(labChange));
    all.push(...alerts);
    if (against) {
      const differing = differences(alertsOf(play(against).map(labChange)), alerts);
      found.push(...differing);
      for (const { holder: _one, ...difference } of differing)
        print(JSON.stringify({ record: name, ...difference }));
    } else for (const change of changes) printChange(name, change);
  }
  if (against) for (const line of differenceLines(found, language)) note(line);
  else noteSummary(all, totalMs, options);
  return 0;
}

/** What a referee reads: the beginning and the end of each alert. */
function printChange(
  record: string,
  { rule, state, rise, eased, again, correction, at, evidence }: ReplayedChange,
) {
  if (rise || eased || again || correction) return;
  const { name, kind, shadow } = rule;
  const line = { record, rule: name, kind, state, at: new Date(at).toISOString(), evidence };
  print(JSON.stringify(shadow ? { ...line, shadow } : line));
}

function noteSummary(
  alerts: readonly LabAlert[],
  totalMs: number,
  { language, timeZone, files }: RecordingsOptions,
): void {
  const summary = summarize({ alerts, fromMs: 0, toMs: totalMs, devices: [], timeZone });
  const days = totalMs / DAY_MS;
  const each = {
    ...summary,
    subjects: files.length,
    perSubjectDay: days > 0 ? alerts.length / days : 0,
    worst: [],
  };
  for (const line of summaryLines(each, language)) note(line);
}
