import { isLifeSignal } from '../model/signals.ts';
import type { Finding, YamlPath } from '../platform/yaml-source.ts';
import { checkOne } from './condition-checks.ts';
import { oneConditions } from './condition-schema.ts';
import { exactlyOne, finding, isMap, type Raw, takesLifeLane } from './findings.ts';
import { checkGates } from './gate-checks.ts';

/**
 * What a schema cannot say: relations between values. Reads the file as it was written, so that these faults are told
 * together with those of the schema; what has the wrong type is the schema's to tell.
 */
export function checkRelations(raw: unknown): Finding[] {
  if (!isMap(raw)) return [];
  const { condition } = raw;
  const findings = [...checkConsequence(raw), ...checkSelections(raw)];
  if (!isMap(condition)) return findings;
  const leaves = leavesOf(condition, ['condition']);
  const alone = leaves.map(({ leaf }) => leaf);
  return [
    ...findings,
    ...checkCondition(condition, leaves, raw),
    ...checkScope(raw, alone),
    ...checkInhibition(raw, alone),
    ...checkGates(raw, alone),
    ...checkOverrides(raw, leaves),
  ];
}

function checkCondition(condition: Raw, leaves: readonly Leaf[], rule: Raw): Finding[] {
  const [{ path: root } = { path: ['condition'] }] = leaves;
  return [
    ...oneKind(condition, [...oneConditions, 'any', 'all'], root),
    ...leaves.flatMap(({ leaf, path, joined }) => [
      ...(path.length > root.length && joined !== 'outer' ? oneKind(leaf, oneConditions, path) : []),
      ...checkOne(leaf, path, rule),
      ...checkPlace(leaf, path, joined),
    ]),
  ];
}

/** A misspelt kind is an unknown key, and told as one. */
const oneKind = (leaf: Raw, kinds: readonly string[], path: YamlPath): Finding[] => {
  const written = Object.keys(leaf);
  const isMisspelt =
    written.some((key) => !kinds.includes(key)) && !written.some((key) => kinds.includes(key));
  return isMisspelt ? [] : exactlyOne(leaf, kinds, path);
};

/** The state of a rule must fit however it reads: the same kinds of the same signals in the same order. */
function checkOverrides(raw: Raw, leaves: readonly Leaf[]): Finding[] {
  const overrides = Array.isArray(raw.overrides) ? raw.overrides : [];
  return overrides.flatMap((override: unknown, index) => {
    if (!isMap(override) || !isMap(override.condition)) return [];
    const path = ['overrides', index, 'condition'];
    const others = leavesOf(override.condition, path);
    const findings = checkCondition(override.condition, others, raw);
    if (findings.length > 0 || shapeOf(others, path) === shapeOf(leaves, ['condition'])) return findings;
    const [zh, en] = [
      '必须与 condition 的条件种类、信号和顺序相同，只能改数值',
      'must have the same conditions of the same signals in the same order as condition: only values may differ',
    ];
    return [finding(path, zh, en)];
  });
}

const shapeOf = (leaves: readonly Leaf[], root: YamlPath): string =>
  leaves
    .map(({ leaf, path }) => {
      const kinds = oneConditions.filter((kind) => leaf[kind] !== undefined);
      const signals = kinds.map((kind) =>
        isMap(leaf[kind]) ? (leaf[kind].signal ?? leaf[kind].signals) : leaf[kind],
      );
      return [path.slice(root.length).join('.'), kinds, JSON.stringify(signals)].join(' ');
    })
    .join('; ');

/** Whom a rule is for: nobody was named where nothing is written. */
function checkSelections(raw: Raw): Finding[] {
  const overrides = Array.isArray(raw.overrides) ? raw.overrides : [];
  const places: [unknown, YamlPath][] = [
    [raw.only, ['only']],
    [raw.except, ['except']],
    ...overrides.map((override: unknown, index): [unknown, YamlPath] => [
      isMap(override) ? override.only : undefined,
      ['overrides', index, 'only'],
    ]),
  ];
  return places.flatMap(([selection, path]) =>
    isMap(selection) && Object.keys(selection).length === 0
      ? [
          finding(
            path,
            '没有写明对象，例如 { traits: [copd] }',
            'names nobody: for example { traits: [copd] }',
          ),
        ]
      : [],
  );
}

/** A condition, where it stands, and whether it must come true together with others. */
interface Leaf {
  leaf: Raw;
  path: YamlPath;
  joined: 'alone' | 'any' | 'all' | 'outer';
}

/** The conditions of a rule, those inside `any` and `all` with them. What holds others is `outer`. */
function leavesOf(condition: Raw, root: YamlPath): Leaf[] {
  const isList = Array.isArray(condition.any) || Array.isArray(condition.all);
  const leaves: Leaf[] = [{ leaf: condition, path: root, joined: isList ? 'outer' : 'alone' }];
  for (const key of ['any', 'all'] as const)
    for (const [item, path] of itemsOf(condition, key, root)) {
      const inner = key === 'any' ? 'all' : 'any';
      const nested = itemsOf(item, inner, path);
      leaves.push({ leaf: item, path, joined: nested.length > 0 ? 'outer' : key });
      for (const [leaf, place] of nested) leaves.push({ leaf, path: place, joined: 'all' });
    }
  return leaves;
}

function itemsOf(raw: Raw, key: 'any' | 'all', path: YamlPath): [Raw, YamlPath][] {
  const list = raw[key];
  if (!Array.isArray(list)) return [];
  return list.flatMap((item, index) => (isMap(item) ? [[item, [...path, key, index]]] : []));
}

function checkConsequence(raw: Raw): Finding[] {
  const isTicket = raw.consequence === 'ticket';
  const findings: Finding[] = [];
  if (isTicket && raw.fault_class === undefined)
    findings.push(
      finding(
        ['fault_class'],
        '工单规则必须写明 fault_class，取值见 src/model/tickets.ts',
        'a ticket needs a fault_class, one of those in src/model/tickets.ts',
      ),
    );
  for (const key of ['fault_class', 'action'])
    if (!isTicket && raw.consequence !== undefined && raw[key] !== undefined)
      findings.push(
        finding(
          [key],
          '只适用于工单规则，请删去',
          'only for rules whose consequence is ticket: leave it out',
        ),
      );
  return findings;
}

/** Where a condition may stand. */
function checkPlace(leaf: Raw, path: YamlPath, joined: Leaf['joined']): Finding[] {
  const findings: Finding[] = [];
  const { event } = leaf;
  const stands = isMap(event) && (event.until !== undefined || event.lapses_after !== undefined);
  if (event !== undefined && !stands && (joined === 'any' || joined === 'all'))
    findings.push(
      finding(
        [...path, 'event'],
        '在 any 和 all 中必须写 until 或 lapses_after，例如 { signal: …, lapses_after: 10m }',
        'inside any and all it needs until or lapses_after: { signal: …, lapses_after: 10m }',
      ),
    );
  if (joined !== 'all') return [...findings, ...checkAlone(leaf, path)];
  for (const key of ['no_data', 'children_silent'])
    if (leaf[key] !== undefined)
      findings.push(
        finding(
          [...path, key],
          '不能放在 all 中，请另写一条规则',
          'cannot stand inside all: make a rule of its own of it',
        ),
      );
  return findings;
}

/** To have come once, or on the lane of life, is worth remembering only for what must be true besides. */
function checkAlone({ count }: Raw, path: YamlPath): Finding[] {
  if (!isMap(count)) return [];
  const { signal, at_least_times: times } = count;
  if (typeof signal === 'string' && isLifeSignal(signal))
    return [finding([...path, 'count', 'signal'], ...takesLifeLane(signal))];
  if (times !== 1) return [];
  return [
    finding(
      [...path, 'count', 'at_least_times'],
      '一次即报警请用 event、state 或 threshold；1 只能写在 all 中',
      'for once use event, state or threshold; 1 is for count inside all',
    ),
  ];
}

/** A state per asset must have something to remember of each device. */
function checkScope(raw: Raw, leaves: readonly Raw[]): Finding[] {
  if (raw.per !== 'asset') return [];
  const isTold = (leaf: Raw): boolean =>
    leaf.no_data !== undefined ||
    leaf.children_silent !== undefined ||
    (leaf.event !== undefined && !isStanding(leaf.event));
  if (!leaves.some(isTold)) return [];
  return [
    finding(
      ['per'],
      '不适用于 no_data、children_silent 和单次事件，请删去',
      'not with no_data, children_silent or a single event: leave it out',
    ),
  ];
}

const isStanding = (event: unknown): boolean =>
  isMap(event) && (event.until !== undefined || event.lapses_after !== undefined);

/** Whether the gateway lives is looked up when time passes: what comes true at once cannot wait for that. */
function checkInhibition(raw: Raw, leaves: readonly Raw[]): Finding[] {
  if (raw.inhibited_by_gateway !== true) return [];
  const waits = (leaf: Raw): boolean =>
    leaf.any !== undefined ||
    leaf.all !== undefined ||
    leaf.no_data !== undefined ||
    (isMap(leaf.state) && leaf.state.for !== undefined);
  if (leaves.every(waits)) return [];
  return [
    finding(
      ['inhibited_by_gateway'],
      '只适用于 no_data 和写有 for 的 state，请删去或给 state 加 for',
      'only with no_data and with a state that has for: leave it out, or give the state a for',
    ),
  ];
}
