import type { Finding, YamlPath } from '../platform/yaml-source.ts';
import { checkOne, exactlyOne, finding, isMap, type Raw } from './condition-checks.ts';
import { oneConditions } from './condition-schema.ts';

/**
 * What a schema cannot say: relations between values. Reads the file as it was written, so that these faults are told
 * together with those of the schema; what has the wrong type is the schema's to tell.
 */
export function checkRelations(raw: unknown): Finding[] {
  if (!isMap(raw)) return [];
  const { condition } = raw;
  const findings = checkConsequence(raw);
  if (!isMap(condition)) return findings;
  const leaves = leavesOf(condition);
  findings.push(...exactlyOne(condition, [...oneConditions, 'any', 'all'], ['condition']));
  for (const { leaf, path, joined } of leaves) {
    if (path.length > 1 && joined !== 'outer') findings.push(...exactlyOne(leaf, oneConditions, path));
    findings.push(...checkOne(leaf, path, raw), ...checkPlace(leaf, path, joined));
  }
  const alone = leaves.map(({ leaf }) => leaf);
  return [...findings, ...checkScope(raw, alone), ...checkInhibition(raw, alone)];
}

/** A condition, where it stands, and whether it must come true together with others. */
interface Leaf {
  leaf: Raw;
  path: YamlPath;
  joined: 'alone' | 'any' | 'all' | 'outer';
}

/** The conditions of a rule, those inside `any` and `all` with them. What holds others is `outer`. */
function leavesOf(condition: Raw): Leaf[] {
  const isList = Array.isArray(condition.any) || Array.isArray(condition.all);
  const leaves: Leaf[] = [{ leaf: condition, path: ['condition'], joined: isList ? 'outer' : 'alone' }];
  for (const key of ['any', 'all'] as const)
    for (const [item, path] of itemsOf(condition, key, ['condition'])) {
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
    findings.push(finding(['fault_class'], '工单规则必须写明 fault_class', 'a ticket needs a fault_class'));
  for (const key of ['fault_class', 'action'])
    if (!isTicket && raw.consequence !== undefined && raw[key] !== undefined)
      findings.push(finding([key], '只适用于工单规则', 'only for rules whose consequence is ticket'));
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
        '在 any 和 all 中必须写 until 或 lapses_after',
        'inside any and all it needs until or lapses_after',
      ),
    );
  if (joined !== 'all') return findings;
  for (const key of ['no_data', 'children_silent'])
    if (leaf[key] !== undefined)
      findings.push(finding([...path, key], '不能放在 all 中', 'cannot stand inside all'));
  return findings;
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
      '不适用于 no_data、children_silent 和单次事件',
      'not with no_data, children_silent or a single event',
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
      '只适用于 no_data 和写有 for 的 state',
      'only with no_data and with a state that has for',
    ),
  ];
}
