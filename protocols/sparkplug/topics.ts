/** `spBv1.0/<group>/<kind>/<edge node>[/<device>]`: the namespace of Sparkplug B 3.0, chapter 4. */

const kinds = ['NBIRTH', 'NDEATH', 'NDATA', 'NCMD', 'DBIRTH', 'DDEATH', 'DDATA', 'DCMD'] as const;
export type Kind = (typeof kinds)[number];

export interface Place {
  group: string;
  kind: Kind;
  edge: string;
  /** Absent where the edge node speaks of itself. */
  device?: string;
}

const ROOT = 'spBv1.0';

/** What a topic is about; undefined for anything else, such as the state of a host. */
export function placeOf(topic: string): Place | undefined {
  const [root, group = '', word, edge = '', device, ...more] = topic.split('/');
  const kind = kinds.find((known) => known === word);
  if (root !== ROOT || group === '' || edge === '' || device === '' || !kind || more.length > 0)
    return undefined;
  if (kind.startsWith('D') !== (device !== undefined)) return undefined;
  return { group, kind, edge, ...(device === undefined ? {} : { device }) };
}

/** An edge node is told by its group and name; `spBv1.0/<group>/<edge>` stands for all its topics. */
export const prefixOf = ({ group, edge }: Pick<Place, 'group' | 'edge'>): string =>
  `${ROOT}/${group}/${edge}`;

/** An id of two parts names group and edge node, as `nativeIdOf` writes them. */
export function defaultPrefix(nativeId: string): string {
  const [group = '', edge] = nativeId.split(':');
  return edge === undefined ? prefixOf({ group: 'gridguard', edge: group }) : prefixOf({ group, edge });
}

export function guessPrefix(topic: string): string | undefined {
  const place = placeOf(topic);
  return place && prefixOf(place);
}

/** The kind stands between group and edge node, so that its topics are not below its prefix. */
export function covers(prefix: string, topic: string): boolean {
  const [root, group, edge] = prefix.split('/');
  const [ofRoot, ofGroup, , ofEdge] = topic.split('/');
  return root === ofRoot && group === ofGroup && edge === ofEdge && edge !== undefined;
}

export function commandTopic(prefix: string, device: string | undefined): string | undefined {
  const [root, group, edge, ...more] = prefix.split('/');
  if (root !== ROOT || !group || !edge || more.length > 0) return undefined;
  return device === undefined ? `${root}/${group}/NCMD/${edge}` : `${root}/${group}/DCMD/${edge}/${device}`;
}

/** How a device behind an edge node is registered: its path with colons. */
export function nativeIdOf({ group, edge, device }: Pick<Place, 'group' | 'edge' | 'device'>): string {
  const path = [group, edge, device].filter((part) => part !== undefined).join(':');
  return path.replace(/[^\w.:-]/g, '-').slice(-64);
}
