/** Templates of messages about an incident; their texts are notify's. */
export type IncidentTemplate =
  | 'incident_raised'
  /** Still nobody has it. */
  | 'incident_repeat'
  | 'incident_reopened'
  /** Pressed again. */
  | 'incident_again'
  /** Somebody gave it back. */
  | 'incident_released'
  | 'incident_need_help'
  | 'incident_hand_over'
  | 'incident_taken'
  | 'incident_lost'
  | 'incident_reminder'
  | 'incident_resolved'
  /** It is part of another from now on. */
  | 'incident_folded';

/** Those that are void for all others once somebody acknowledged. */
export const CALL_TEMPLATES: readonly IncidentTemplate[] = [
  'incident_raised',
  'incident_repeat',
  'incident_reopened',
  'incident_again',
  'incident_released',
];

/** Those that ask somebody to act. */
export const PAGE_TEMPLATES: readonly IncidentTemplate[] = [...CALL_TEMPLATES, 'incident_need_help'];
