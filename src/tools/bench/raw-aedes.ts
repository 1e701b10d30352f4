import net from 'node:net';
import { Aedes } from 'aedes';

/** The broker alone, with nothing behind it, in a process of its own: what every figure is set beside. */
const broker = await Aedes.createBroker({
  authorizePublish: (_client, _packet, done) => setImmediate(done, null),
});
const server = net.createServer((socket) => broker.handle(socket));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as net.AddressInfo).port })}\n`);
});
