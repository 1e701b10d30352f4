import { isLifeSignal } from '../model/signals.ts';
import type { Finding } from '../platform/yaml-source.ts';
import { checkValue, finding, isMap, type Raw } from './findings.ts';

/** What stands between a condition and its alert. None of it may stand before an event on the lane of life. */
const gates = [
  'shadow',
  'schedule',
  'ignore_while',
  'inhibited_by',
  'inhibited_by_gateway',
  'raise_again_after',
  'keep_firing',
  'flap',
  'overrides',
];
/** These are about an alert that stands for a time. */
const lasting = ['raise_again_after', 'keep_firing', 'flap'];

/** Relations of the gates of a rule to its conditions, `leaves`, and among themselves. */
export function checkGates(raw: Raw, leaves: readonly Raw[]): Finding[] {
  const events = leaves.flatMap(({ event }) => (event === undefined ? [] : [asMap(event)]));
  const life = events.find(({ signal }) => typeof signal === 'string' && isLifeSignal(signal));
  if (life) return checkLife(raw, String(life.signal));
  return [
    ...(events.some(isSingle) ? checkSingle(raw) : []),
    ...checkSchedule(raw.schedule),
    ...checkIgnored(raw.ignore_while),
    ...checkInhibitors(raw),
  ];
}

const asMap = (event: unknown): Raw => (isMap(event) ? event : { signal: event });
const isSingle = ({ until, lapses_after: lapses }: Raw): boolean =>
  until === undefined && lapses === undefined;

const checkLife = (raw: Raw, signal: string): Finding[] =>
  gates
    .filter((key) => raw[key] !== undefined)
    .map((key) =>
      finding(
        [key],
        `${signal} 走生命通道，任何情况下都要立即报警，请删去`,
        `${signal} takes the lane of life and is raised at once whatever happens: leave it out`,
      ),
    );

const checkSingle = (raw: Raw): Finding[] =>
  lasting
    .filter((key) => raw[key] !== undefined)
    .map((key) =>
      finding(
        [key],
        '单次事件随即结束，请给 event 加 until 或 lapses_after，或删去',
        'a single event ends at once: give the event until or lapses_after, or leave it out',
      ),
    );

function checkSchedule(raw: unknown): Finding[] {
  if (!isMap(raw) || !Array.isArray(raw.windows)) return [];
  return raw.windows.flatMap((window: unknown, index) =>
    isMap(window) && window.from !== undefined && window.from === window.to
      ? [
          finding(
            ['schedule', 'windows', index, 'to'],
            '必须与 from 不同；全天写 "00:00" 到 "24:00"',
            'must differ from `from`; a whole day is "00:00" to "24:00"',
          ),
        ]
      : [],
  );
}

function checkIgnored(raw: unknown): Finding[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((said: unknown, index) =>
    isMap(said) ? checkValue(said.signal, said.is, ['ignore_while', index, 'is']) : [],
  );
}

function checkInhibitors({ name, inhibited_by: inhibitors }: Raw): Finding[] {
  if (!Array.isArray(inhibitors)) return [];
  return inhibitors.flatMap((other: unknown, index) =>
    other === name
      ? [
          finding(
            ['inhibited_by', index],
            '不能抑制自己，请删去',
            'a rule cannot inhibit itself: leave it out',
          ),
        ]
      : [],
  );
}
