import type { Severity } from './alerts.ts';

export const incidentStatuses = [
  'raised',
  'notified',
  'acknowledged',
  'en_route',
  'on_scene',
  'resolved',
  'closed',
] as const;
export type IncidentStatus = (typeof incidentStatuses)[number];

export const outcomes = [
  'helped',
  'hospital',
  'refused',
  'false_press',
  'device_fault',
  'unreachable_entered',
  'drill',
  'test',
] as const;
export type Outcome = (typeof outcomes)[number];

export const roles = ['family', 'responder', 'property', 'dispatcher', 'admin'] as const;
export type Role = (typeof roles)[number];

export const gridLevels = ['city', 'street', 'community', 'grid'] as const;
export type GridLevel = (typeof gridLevels)[number];

/** Who an escalation step asks; resolved to people when the step is due. */
export const escalationTargets = [
  'worker',
  'family',
  'deputy',
  'property',
  'street',
  'city',
  'everybody',
] as const;
export type EscalationTarget = (typeof escalationTargets)[number];

/** An escalation policy as it is copied into an incident when it opens. */
export interface EscalationPolicy {
  name: string;
  /** In ascending order of `afterMs`, from the moment the incident is raised. */
  steps: { afterMs: number; notify: EscalationTarget[] }[];
  /** After the last step: everybody reachable again, every so often, until somebody acknowledges. */
  repeatEveryMs: number;
  /** An acknowledgement is a lease: without "en route" by then it is the next one's turn. */
  enRouteWithinMs: number;
  /** Arrival after "en route" where the responder gave no time of his own, and the most he may give. */
  onSceneWithinMs: number;
  onSceneAtMostMs: number;
  /** Who is on scene and does not resolve is reminded this often, with the street desk. */
  remindOnSceneMs: number;
  /** A new press within this time of `resolved` reopens the incident. */
  reopenWithinMs: number;
}

/** Where the wearer is believed to be, and how we know. */
export interface IncidentLocation {
  latitude: number;
  longitude: number;
  accuracyM?: number;
  source: 'gps' | 'wifi' | 'cell' | 'beacon' | 'vendor' | 'home' | 'asset';
  observedAt?: number;
  /** From this very event, or the last one known before it. */
  fresh: boolean;
}

export interface TimelineEntry {
  at: number;
  kind: TimelineKind;
  actorId?: number;
  detail: Record<string, unknown>;
}

export const timelineKinds = [
  'raised',
  'press',
  'location',
  'step',
  'nobody',
  'notified',
  'acknowledged',
  'released',
  'lease_ended',
  'en_route',
  'on_scene',
  'hand_over_asked',
  'handed_over',
  'need_help',
  'taken_over',
  'comment',
  'resolved',
  'reopened',
  'closed',
  'alert',
] as const;
export type TimelineKind = (typeof timelineKinds)[number];

export const severityRank: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };
