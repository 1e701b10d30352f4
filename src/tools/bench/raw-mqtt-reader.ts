import mqtt from 'mqtt';

/** mqtt.js alone, as its own documentation has it, in a process of its own: says when it has read as many messages as it was told. */
const wanted = Number(process.argv[3]);
let read = 0;
const client = await mqtt.connectAsync(process.argv[2] ?? '', {
  protocolVersion: 5,
  clientId: 'bare',
  properties: { receiveMaximum: 2_000 },
});
client.on('message', () => {
  read++;
  if (read === wanted) process.stdout.write(`${JSON.stringify({ at: Date.now() })}\n`);
});
await client.subscribeAsync('bare/#', { qos: 1 });
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
