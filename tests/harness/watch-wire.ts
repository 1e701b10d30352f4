import net from 'node:net';

/** A plain TCP connection that remembers what it heard. */
export async function connectBand(port: number) {
  const socket = net.connect(port, '127.0.0.1');
  const heard: string[] = [];
  let closed = false;
  socket.on('data', (bytes) => void heard.push(bytes.toString('latin1')));
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    send: (text: string | Buffer) => void socket.write(text),
    heard: () => heard.join(''),
    closed: () => closed,
    end: () => socket.destroy(),
  };
}

/** The frame of the watch family around a content, with its length. */
export function frame(id: string, content: string): string {
  return `[3G*${id}*${Buffer.byteLength(content).toString(16).padStart(4, '0')}*${content}]`;
}

/** A position record of the watch family without a fix; `status` is the 32-bit word of alarms and states. */
export function record(
  command: string,
  options: { status: string; at?: Date; fix?: [number, number] },
): string {
  const at = options.at ?? new Date();
  const two = (n: number) => String(n).padStart(2, '0');
  const date = `${two(at.getUTCDate())}${two(at.getUTCMonth() + 1)}${two(at.getUTCFullYear() % 100)}`;
  const time = `${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}`;
  const [latitude, longitude] = options.fix ?? [0, 0];
  const validity = options.fix ? 'A' : 'V';
  return `${command},${date},${time},${validity},${latitude},N,${longitude},E,0,0,0,6,80,64,120,0,${options.status},0,0,0`;
}
