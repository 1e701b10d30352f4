import type { AssetView, CompanyView } from '../../api/asset-schemas.ts';
import type { Catalogue, DeviceCodeView } from '../../api/catalogue-schemas.ts';
import type { DownlinkInput, DownlinkView } from '../../api/downlink-schemas.ts';
import type { OutageView } from '../../api/outage-schemas.ts';
import type {
  AccountView,
  AuditView,
  ClaimInput,
  ClaimView,
  DeviceView,
  GridView,
  IncidentDetail,
  IncidentSummary,
  LatestReading,
  Locale,
  Me,
  Series,
  ShiftView,
  Stats,
  SubjectInput,
  SubjectView,
  UplinkView,
} from '../../api/schemas.ts';
import type { TicketBodies, TicketDetail, TicketReadings, TicketSummary } from '../../api/ticket-schemas.ts';
import type { Finding } from '../../model/findings.ts';
import type { Outcome, Role } from '../../model/incidents.ts';
import type { TicketAction, TicketStatus } from '../../model/tickets.ts';
import { request, upload, withQuery } from './http.ts';

/** Every route that the pages call, and nothing else. */

export type HelpKind = '120' | '110' | '119' | 'people';
export interface ActionBodies {
  acknowledge: Record<string, never>;
  release: Record<string, never>;
  'en-route': { etaMinutes?: number };
  'on-scene': { latitude?: number; longitude?: number };
  'hand-over': { to: number };
  'accept-hand-over': Record<string, never>;
  'need-help': { what: HelpKind; note?: string };
  'take-over': Record<string, never>;
  comment: { text: string };
  resolve: { outcome: Outcome; note: string };
  close: Record<string, never>;
}
export type ActionName = keyof ActionBodies;

export type TicketQuery = {
  open?: boolean;
  status?: TicketStatus;
  asset?: number;
  device?: number;
  company?: number;
  limit?: number;
};

export interface DeviceInput {
  protocol: string;
  nativeId: string;
  name?: string;
  model?: string;
  vendor?: string;
  subjectId?: number | null;
  gridId?: number | null;
  assetId?: number | null;
  gatewayId?: number | null;
  topicPrefix?: string;
}
export type DevicePatch = Partial<Omit<DeviceInput, 'protocol' | 'nativeId'>> & { active?: boolean };
export interface CreatedDevice extends DeviceView {
  secret: string | null;
}
export interface UnknownDevice {
  protocol: string;
  nativeId: string;
  source: string;
  firstSeenAt: number;
  lastSeenAt: number;
  uplinks: number;
  /** The gateway behind which it was heard, and what that said of it. */
  gatewayNativeId?: string | null;
  description?: string | null;
}
export interface AccountInput {
  login: string;
  name: string;
  password: string;
  phone?: string | null;
  email?: string | null;
  roles: Role[];
}
export interface ShiftInput {
  gridId: number;
  accountId: number;
  duty: 'worker' | 'deputy';
  weekday: number;
  fromMinute: number;
  toMinute: number;
}

export const api = {
  login: (login: string, password: string) => request<Me>('POST', '/api/session', { login, password }),
  logout: () => request<void>('DELETE', '/api/session'),
  me: () => request<Me>('GET', '/api/me'),
  patchMe: (patch: { locale?: Locale; largePrint?: boolean }) => request<Me>('PATCH', '/api/me', patch),

  incidents: (query: { open?: boolean; mine?: boolean; subject?: number; limit?: number } = {}) =>
    request<IncidentSummary[]>('GET', withQuery('/api/incidents', query)),
  incident: (id: number) => request<IncidentDetail>('GET', `/api/incidents/${id}`),
  outage: (incidentId: number) => request<OutageView>('GET', `/api/incidents/${incidentId}/outage`),
  act: <A extends ActionName>(id: number, action: A, body: ActionBodies[A]) =>
    request<unknown>('POST', `/api/incidents/${id}/${action}`, body),

  subjects: () => request<SubjectView[]>('GET', '/api/subjects'),
  subject: (id: number) => request<SubjectView>('GET', `/api/subjects/${id}`),
  patchSubject: (id: number, input: Partial<SubjectInput>) =>
    request<SubjectView>('PATCH', `/api/subjects/${id}`, input),
  series: (id: number, query: { signal: string; from: number; to: number }) =>
    request<Series>('GET', withQuery(`/api/subjects/${id}/series`, query)),
  audit: (query: { subject?: number; limit?: number }) =>
    request<AuditView[]>('GET', withQuery('/api/audit', query)),

  startClaim: (input: ClaimInput) => request<ClaimView>('POST', '/api/claims', input),
  claim: (id: number) => request<ClaimView>('GET', `/api/claims/${id}`),
  claimCode: (id: number, code: string) => request<ClaimView>('POST', `/api/claims/${id}/code`, { code }),

  catalogue: () => request<Catalogue>('GET', '/api/catalogue'),
  readCode: (text: string) => request<DeviceCodeView>('POST', '/api/catalogue/read-code', { text }),

  devices: () => request<DeviceView[]>('GET', '/api/devices'),
  unknownDevices: (search?: string) =>
    request<UnknownDevice[]>('GET', withQuery('/api/devices/unknown', { search })),
  device: (id: number) => request<DeviceView>('GET', `/api/devices/${id}`),
  createDevice: (input: DeviceInput) => request<CreatedDevice>('POST', '/api/devices', input),
  downlink: (id: number, input: DownlinkInput) =>
    request<DownlinkView>('POST', `/api/devices/${id}/downlinks`, input),
  downlinks: (id: number) => request<DownlinkView[]>('GET', `/api/devices/${id}/downlinks`),
  deviceLatest: (id: number) => request<LatestReading[]>('GET', `/api/devices/${id}/latest`),

  grids: () => request<GridView[]>('GET', '/api/grids'),
  rosters: () => request<ShiftView[]>('GET', '/api/rosters'),
  createShift: (input: ShiftInput) => request<ShiftView>('POST', '/api/rosters', input),
  deleteShift: (id: number) => request<void>('DELETE', `/api/rosters/${id}`),
  accounts: () => request<AccountView[]>('GET', '/api/accounts'),
  createAccount: (input: AccountInput) => request<AccountView>('POST', '/api/accounts', input),
  patchAccount: (id: number, patch: { active: boolean }) =>
    request<AccountView>('PATCH', `/api/accounts/${id}`, patch),

  /** What an alert turned out to be. */
  finding: (alertId: number, finding: Finding) =>
    request<void>('POST', `/api/alerts/${alertId}/finding`, { finding }),
  receipt: (notificationId: number, state: 'rung' | 'read') =>
    request<unknown>('POST', `/api/notifications/${notificationId}/receipt`, { state }),

  tickets: (query: TicketQuery = {}) => request<TicketSummary[]>('GET', withQuery('/api/tickets', query)),
  ticket: (id: number) => request<TicketDetail>('GET', `/api/tickets/${id}`),
  ticketAct: <A extends TicketAction>(id: number, action: A, body: TicketBodies[A]) =>
    request<unknown>('POST', `/api/tickets/${id}/${action}`, body),
  ticketPhoto: (
    id: number,
    photo: { stage: 'before' | 'after'; bytes: Blob },
    onProgress: (part: number) => void,
  ) => upload(`/api/tickets/${id}/photos?stage=${photo.stage}`, photo.bytes, onProgress),
  ticketReadings: (id: number) => request<TicketReadings>('GET', `/api/tickets/${id}/readings`),
  assets: () => request<AssetView[]>('GET', '/api/assets'),
  asset: (id: number) => request<AssetView>('GET', `/api/assets/${id}`),
  companies: () => request<CompanyView[]>('GET', '/api/companies'),

  uplinks: (query: { device?: string; outcome?: string; limit?: number; before?: number }) =>
    request<UplinkView[]>('GET', withQuery('/api/uplinks', query)),
  stats: () => request<Stats>('GET', '/api/stats'),
};
