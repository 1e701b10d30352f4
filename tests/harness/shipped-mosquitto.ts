import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { commandIn, composed, SECRETS, writeSecrets } from './compose.ts';
import { freePort, type RealServer, startServer } from './real-servers.ts';
import { projectRoot } from './source.ts';

export interface ShippedMosquitto extends RealServer {
  /** What the folders of the container are here. */
  folders: Record<string, string>;
  /** A gateway or a device that may log in from now on. */
  addUser(name: string, password: string): void;
}

/** Mosquitto as docker-compose.yml starts it, with the shipped configuration; only its folders and its port lie elsewhere. */
export async function startShippedMosquitto(): Promise<ShippedMosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'gridguard-mosquitto-'));
  const secrets = writeSecrets();
  const port = await freePort();
  const folders = { '/mosquitto/': `${folder}/`, '/run/secrets': secrets };
  const pidFile = join(folder, 'pid');
  moveConfiguration(folder, { port, pidFile });
  const url = `mqtt://127.0.0.1:${port}`;
  const { command = [] } = composed().services.mosquitto ?? {};
  const server = await startServer({
    folder,
    url,
    command: commandIn(command, folders),
    isReady: () => answers(url).catch(() => false),
  });
  return {
    ...server,
    folders,
    addUser(name, password) {
      const added = spawnSync('mosquitto_passwd', ['-b', join(folder, 'data/passwd'), name, password]);
      if (added.status !== 0) throw new Error(`mosquitto_passwd: ${added.stderr}`);
      process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGHUP');
    },
    async close() {
      await server.close();
      rmSync(secrets, { recursive: true, force: true });
    },
  };
}

function moveConfiguration(folder: string, { port, pidFile }: { port: number; pidFile: string }): void {
  for (const name of ['config', 'data']) mkdirSync(join(folder, name));
  cpSync(join(projectRoot, 'src/tools/mosquitto'), join(folder, 'config'), { recursive: true });
  const file = join(folder, 'config/mosquitto.conf');
  const moved = readFileSync(file, 'utf8')
    .replaceAll('/mosquitto/', `${folder}/`)
    .replace('listener 1883', `listener ${port} 127.0.0.1`);
  // Root in a test does not become another user, as the image's own user does not.
  writeFileSync(file, `${moved}\nuser root\npid_file ${pidFile}\n`);
}

async function answers(url: string): Promise<boolean> {
  const client = await connectAsync(url, { ...serviceLogin, reconnectPeriod: 0 });
  await client.endAsync();
  return true;
}

/** By which the service itself logs in. */
export const serviceLogin = { username: 'gridguard', password: SECRETS.mqtt_password ?? '' };
