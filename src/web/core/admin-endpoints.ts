import type { AlarmQuality, UnjudgedAlert } from '../../api/alarm-quality-schemas.ts';
import type {
  AssetInput,
  AssetView,
  CompanyInput,
  CompanyView,
  GridInput,
  HealthView,
  ImportResult,
} from '../../api/asset-schemas.ts';
import type { Adopted, AdoptInput } from '../../api/device-schemas.ts';
import type { DeviceView, GridView, Person, SubjectView } from '../../api/schemas.ts';
import type { CompanyDuty } from '../../model/assets.ts';
import type { DevicePatch } from './endpoints.ts';
import { request, withQuery } from './http.ts';

/** Routes that only the administrator's pages call; they are loaded with those. */

export interface CompanyShiftInput {
  accountId: number;
  weekday: number;
  fromMinute: number;
  toMinute: number;
}
export type ImportTarget = 'assets' | 'devices' | 'grids' | 'subjects';
/** Thousands of lines are read and checked. */
const IMPORT_TIMEOUT_MS = 120_000;

/** A long period with many alarms takes seconds. */
const REPORT_TIMEOUT_MS = 60_000;

/** Milliseconds since 1970. */
export type AlarmQuery = {
  from: number;
  to?: number;
  grid?: number;
  worker?: number;
  model?: string;
  rule?: string;
};

export const adminApi = {
  createAsset: (input: AssetInput) => request<AssetView>('POST', '/api/assets', input),
  patchAsset: (id: number, input: Partial<AssetInput>) =>
    request<AssetView>('PATCH', `/api/assets/${id}`, input),
  deleteAsset: (id: number) => request<void>('DELETE', `/api/assets/${id}`),

  createCompany: (input: CompanyInput) => request<CompanyView>('POST', '/api/companies', input),
  patchCompany: (id: number, input: Partial<CompanyInput>) =>
    request<CompanyView>('PATCH', `/api/companies/${id}`, input),
  putMember: (id: number, accountId: number, duty: CompanyDuty) =>
    request<unknown>('PUT', `/api/companies/${id}/members/${accountId}`, { duty }),
  deleteMember: (id: number, accountId: number) =>
    request<void>('DELETE', `/api/companies/${id}/members/${accountId}`),
  createShift: (id: number, input: CompanyShiftInput) =>
    request<unknown>('POST', `/api/companies/${id}/shifts`, input),
  deleteShift: (id: number, shiftId: number) =>
    request<void>('DELETE', `/api/companies/${id}/shifts/${shiftId}`),

  createGrid: (input: GridInput) => request<GridView>('POST', '/api/grids', input),
  patchGrid: (id: number, input: Partial<GridInput>) => request<GridView>('PATCH', `/api/grids/${id}`, input),
  deleteGrid: (id: number) => request<void>('DELETE', `/api/grids/${id}`),
  desk: (id: number) => request<Person[]>('GET', `/api/grids/${id}/desk`),
  putDesk: (id: number, accountIds: number[]) =>
    request<Person[]>('PUT', `/api/grids/${id}/desk`, { accountIds }),

  patchDevice: (id: number, patch: DevicePatch) => request<DeviceView>('PATCH', `/api/devices/${id}`, patch),
  adopt: (input: AdoptInput) => request<Adopted>('POST', '/api/devices/adopt', input),
  /**
   * A file as it is: its type says which format, the service finds out the encoding. What is good is taken, each fault named with its
   * line; with `dryRun` nothing is written.
   */
  importFile: (target: ImportTarget, file: Blob, dryRun: boolean) =>
    request<ImportResult>('POST', withQuery(`/api/${target}/import`, { dryRun }), file, {
      timeoutMs: IMPORT_TIMEOUT_MS,
    }),
  addRelative: (subjectId: number, input: { login: string; relation: string }) =>
    request<SubjectView>('POST', `/api/subjects/${subjectId}/members`, input),
  deleteRelative: (subjectId: number, accountId: number) =>
    request<void>('DELETE', `/api/subjects/${subjectId}/members/${accountId}`),
  alarmQuality: (query: AlarmQuery) =>
    request<AlarmQuality>('GET', withQuery('/api/reports/alarm-quality', query), undefined, {
      timeoutMs: REPORT_TIMEOUT_MS,
    }),
  unjudgedAlerts: () => request<UnjudgedAlert[]>('GET', '/api/alerts/unjudged'),
  health: () => request<HealthView>('GET', '/api/health'),
};
