import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a start on a port that is taken says so alone, with what to set, before it makes a database', async () => {
  const other = net.createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as net.AddressInfo;
  const dataDir = await mkdtemp(join(tmpdir(), 'gg-test-'));
  const { status, stderr } = spawnSync(process.execPath, ['src/main.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', MQTT_PORT: '0', WATCH_PORT: String(port) },
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(stderr).toBe(
    `TRANSPORT_PORT_TAKEN: Port ${port} on 127.0.0.1 is in use by another program: stop that, or set WATCH_PORT to another port (0 takes any).\n`,
  );
  expect(status).toBe(1);
  expect(await readdir(dataDir)).toEqual([]);
  other.close();
  await rm(dataDir, { recursive: true });
});
