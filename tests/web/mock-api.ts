import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { ClaimView } from '../../src/api/schemas.ts';
import { createBuildingDevices, createCompanies } from './mock-assets.ts';
import {
  createAccounts,
  createDevices,
  createMes,
  createShifts,
  createSubjects,
  createUplinks,
} from './mock-data.ts';
import { entry, raiseIncident, type StoredIncident } from './mock-incidents.ts';
import { answer, type MockState } from './mock-routes.ts';
import { createTickets } from './mock-ticket-data.ts';

/** A stand-in for the service: real HTTP, the shapes of `schemas.ts`, a village in memory. */
export interface MockApi {
  url: string;
  state: MockState;
  /** Somebody presses SOS; the second press of the same wearer joins the first. */
  press: (options?: { subjectId?: number | null; kind?: string; late?: boolean; agoMs?: number }) => number;
  /** A press of the band that is being registered. */
  provePress: () => void;
  /** While true, connections are cut without an answer. */
  setUnreachable: (unreachable: boolean) => void;
  close: () => Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
// What the service sends too: a page that needs more than this is broken there.
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' https: 'unsafe-inline'; img-src 'self' data:; object-src 'none'; frame-ancestors 'self'";

export async function startMockApi(webDir: string): Promise<MockApi> {
  const streams = new Set<ServerResponse>();
  const state = createState((event) => {
    for (const stream of streams) stream.write(`event: change\ndata: ${JSON.stringify(event)}\n\n`);
  });
  let unreachable = false;
  const server = createServer((request, response) => {
    if (unreachable) request.socket.destroy();
    else handle({ request, response, state, webDir, streams }).catch(() => response.destroy());
  });
  const endStreams = () => {
    for (const stream of streams) stream.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    state,
    press: (options = {}) => press(state, options),
    provePress: () => provePress(state),
    setUnreachable: (value) => {
      unreachable = value;
      if (value) endStreams();
    },
    close: () =>
      new Promise((resolve) => {
        endStreams();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function createState(broadcast: MockState['broadcast']): MockState {
  const now = Date.now();
  const subjects = createSubjects(now);
  return {
    mes: createMes(),
    accounts: createAccounts(),
    sessions: new Map(),
    subjects,
    devices: [...createDevices(subjects), ...createBuildingDevices(now)],
    shifts: createShifts(),
    uplinks: createUplinks(now),
    incidents: [],
    tickets: createTickets(now),
    companies: createCompanies(),
    downlinks: [],
    photos: new Map(),
    claims: [],
    receipts: [],
    findings: [],
    broadcast,
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  state: MockState;
  webDir: string;
  streams: Set<ServerResponse>;
}

async function handle({ request, response, state, webDir, streams }: Exchange): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://mock');
  if (!pathname.startsWith('/api/')) return serveFile(webDir, pathname, response);
  const me = state.sessions.get(/gg_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
  if (pathname === '/api/live' && me) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(':ok\n\n');
    streams.add(response);
    response.on('close', () => streams.delete(response));
    return;
  }
  const bytes = await readBytes(request);
  const isJson = request.headers['content-type'] === 'application/json';
  const body = isJson ? (JSON.parse(bytes.toString('utf8')) as Record<string, unknown>) : {};
  const { status, payload, cookie, picture } = answer(state, { request, body, bytes, me });
  if (picture) {
    response.writeHead(status, { 'content-type': picture.type });
    response.end(picture.bytes);
    return;
  }
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    ...(cookie ? { 'set-cookie': cookie } : {}),
  });
  response.end(payload === undefined ? undefined : JSON.stringify(payload));
}

type PressOptions = NonNullable<Parameters<MockApi['press']>[0]>;

function press(
  state: MockState,
  { subjectId = 101, kind = 'sos', late = false, agoMs = 0 }: PressOptions,
): number {
  const at = Date.now() - agoMs;
  const subject = state.subjects.find((one) => one.id === subjectId);
  const known = state.incidents.find(
    (one) =>
      one.kind === kind && one.subject?.id === subjectId && !['resolved', 'closed'].includes(one.status),
  );
  if (known) {
    known.presses += 1;
    known.lastPressAt = at;
    known.timeline.push(entry('press', at, null));
    announce(state, known);
    return known.id;
  }
  const incident = raiseIncident({ id: state.incidents.length + 1, kind, subject, at, late });
  state.incidents.push(incident);
  if (subject) {
    subject.openIncidentId = incident.id;
    subject.wellBeing = 'emergency';
  }
  announce(state, incident);
  return incident.id;
}

function announce(state: MockState, incident: StoredIncident): void {
  state.broadcast({ type: 'incident', id: incident.id, status: incident.status, ring: true });
}

function provePress(state: MockState): void {
  const claim = state.claims.find((one): one is ClaimView => one.state === 'open' && one.method === 'press');
  if (!claim) return;
  Object.assign(claim, { state: 'used', subjectId: 107 });
  state.broadcast({ type: 'claim', id: claim.id });
}

async function serveFile(webDir: string, pathname: string, response: ServerResponse): Promise<void> {
  const path = extname(pathname) === '' ? 'index.html' : normalize(pathname).slice(1);
  const bytes = await readFile(join(webDir, path)).catch(() => undefined);
  response.writeHead(bytes ? 200 : 404, {
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
  });
  response.end(bytes);
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
