import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type RealServer, startServer } from './real-servers.ts';

/**
 * Debian's Mosquitto that keeps its sessions on disk, open to everybody on the loopback. One that is to be killed saves every change
 * at once, which makes it slow.
 */
export async function startOutsideMosquitto(
  path: string,
  { savesAtOnce = false }: { savesAtOnce?: boolean } = {},
): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gridguard-mosquitto-'));
  const port = await freePort();
  const settings = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'user root',
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_interval 1',
    `autosave_on_changes ${savesAtOnce}`,
    'max_queued_messages 100000',
  ];
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(file, `${settings.join('\n')}\n`);
  return startServer({
    folder,
    url: `mqtt://127.0.0.1:${port}`,
    command: [path, '-c', file],
    isReady: () => isOpen(port),
  });
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(() => resolve(true)));
    socket.on('error', () => resolve(false));
  });
}
