/** What devices may have in common that can fail, the narrowest first. A gateway has a rule of its own. */
export const outageScopes = ['building', 'estate', 'grid', 'operator', 'platform', 'everything'] as const;
export type OutageScope = (typeof outageScopes)[number];

/** The kind of incident that one outage is, however many devices fell silent. */
export const MASS_OFFLINE = 'mass_offline';

/** What fell silent together, as the incident about it says. */
export interface Outage {
  scope: OutageScope;
  /** Id of the asset or grid; name of the operator or protocol. */
  key: string;
  /** How people call it, where it has neither asset nor grid. */
  label: string;
  assetId?: number;
  gridId?: number;
  /** So many devices are silent, of so many that are known to have spoken lately. */
  silent: number;
  of: number;
}
