/** Templates of messages about an incident; their texts are notify's. */
export type IncidentTemplate =
  | 'incident_raised'
  | 'incident_repeat'
  | 'incident_reopened'
  | 'incident_again'
  | 'incident_need_help'
  | 'incident_hand_over'
  | 'incident_taken'
  | 'incident_lost'
  | 'incident_reminder';

/** Those that ask somebody to act: they ring, and are void for all others once somebody acknowledged. */
export const PAGE_TEMPLATES: readonly IncidentTemplate[] = [
  'incident_raised',
  'incident_repeat',
  'incident_reopened',
  'incident_again',
  'incident_need_help',
];
