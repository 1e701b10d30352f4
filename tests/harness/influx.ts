import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './real-servers.ts';
import { until } from './until.ts';

/** A time-series server of the machine, on a free port of the loopback, with its data in a folder that goes with it. */
export interface SeriesServer {
  url: string;
  /** Ends it as a crash would; the data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Ends it and removes the data. */
  close(): Promise<void>;
}

/** InfluxDB 1.x with an empty database `gridguard`. */
export async function startInfluxd(path: string): Promise<SeriesServer> {
  const dir = mkdtempSync(join(tmpdir(), 'gridguard-influxd-'));
  const port = await freePort();
  const config = join(dir, 'influxdb.conf');
  const quiet = ['monitor', 'subscriber', 'ifql'].map((part) =>
    part === 'monitor' ? '[monitor]\nstore-enabled = false' : `[${part}]\nenabled = false`,
  );
  writeFileSync(
    config,
    [
      'reporting-enabled = false',
      'bind-address = "127.0.0.1:0"',
      `[meta]\ndir = "${dir}/meta"`,
      `[data]\ndir = "${dir}/data"\nwal-dir = "${dir}/wal"`,
      `[http]\nbind-address = "127.0.0.1:${port}"\nlog-enabled = false`,
      ...quiet,
    ].join('\n'),
  );
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({ dir, url, path, args: ['-config', config], ready: `${url}/ping` });
  await fetch(`${url}/query`, {
    method: 'POST',
    body: new URLSearchParams({ q: 'create database gridguard' }),
  });
  return server;
}

/** VictoriaMetrics, which takes InfluxDB's v2 writes. */
export async function startVictoriaMetrics(path: string): Promise<SeriesServer> {
  const dir = mkdtempSync(join(tmpdir(), 'gridguard-victoria-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `-httpListenAddr=127.0.0.1:${port}`,
    `-storageDataPath=${dir}`,
    '-retentionPeriod=100y',
    '-loggerLevel=ERROR',
  ];
  return startServer({ dir, url, path, args, ready: `${url}/health` });
}

async function startServer(options: {
  dir: string;
  url: string;
  path: string;
  args: string[];
  ready: string;
}): Promise<SeriesServer> {
  let child: ChildProcess | undefined;
  const killIt = () => void child?.kill('SIGKILL');
  process.once('exit', killIt);
  const server: SeriesServer = {
    url: options.url,
    async start() {
      child = spawn(options.path, options.args, { stdio: 'ignore' });
      await until(async () => (await fetch(options.ready)).ok, { what: `${options.path} to answer` });
    },
    async kill() {
      const gone = child && Promise.withResolvers<void>();
      child?.once('exit', () => gone?.resolve());
      child?.kill('SIGKILL');
      await gone?.promise;
      child = undefined;
    },
    async close() {
      await server.kill();
      process.off('exit', killIt);
      rmSync(options.dir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** What the proxy does with requests: passes them on, drops the connection, or leaves them without an answer. */
export type ProxyMode = 'pass' | 'drop' | 'hang';

export interface InfluxProxy {
  url: string;
  mode: ProxyMode;
  writes: number;
  close(): Promise<void>;
}

/** Makes an InfluxDB 1.x look like 2.x: turns v2 writes into 1.x writes of the database named like the bucket, passes `/query` through. */
export async function startInfluxProxy(target: string): Promise<InfluxProxy> {
  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', target);
    const body = Buffer.concat(await request.toArray());
    if (proxy.mode === 'drop') return void request.socket.destroy();
    if (proxy.mode === 'hang') return;
    const isWrite = pathname === '/api/v2/write';
    if (isWrite) proxy.writes++;
    const parameters = isWrite
      ? new URLSearchParams({
          db: searchParams.get('bucket') ?? '',
          precision: searchParams.get('precision') ?? 'ns',
        })
      : searchParams;
    const answer = await fetch(`${target}${isWrite ? '/write' : pathname}?${parameters}`, {
      method: request.method ?? 'GET',
      ...(isWrite ? { body } : {}),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
  const http = createHttpServer((request, response) => {
    forward(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const proxy: InfluxProxy = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    mode: 'pass',
    writes: 0,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return proxy;
}
