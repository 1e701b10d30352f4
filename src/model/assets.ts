/** What stands in a place: the tree of an estate with its buildings and what is watched in them. */
export const assetKinds = [
  'estate',
  'building',
  'floor',
  'unit',
  'pipe',
  'valve',
  'manhole',
  'bin',
  'breaker',
  'panel',
  'room',
] as const;
export type AssetKind = (typeof assetKinds)[number];

/** These hold many points: two sensors that are bound to one of them do not watch the same thing. */
export const containerKinds = ['estate', 'building', 'floor'] as const satisfies readonly AssetKind[];

/**
 * Who may switch a breaker from afar: nobody, people who are allowed to, or also a rule that says so in as many words.
 */
export const remoteSwitching = ['never', 'manual', 'automatic'] as const;
export type RemoteSwitching = (typeof remoteSwitching)[number];

export const companyDuties = ['manager', 'repairer'] as const;
export type CompanyDuty = (typeof companyDuties)[number];
