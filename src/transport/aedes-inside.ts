import type { Client, PublishPacket } from 'aedes';
import type { WebSocket } from 'ws';

/** What aedes and ws have inside and offer no way to; tests of the broker hold them to it. */

/** Bytes that aedes holds of a packet which is not complete; it has no limit of its own. */
export function unparsedBytes(client: Client): number {
  const parser = (client as unknown as { _parser?: { _list?: { length: number } } })._parser;
  return parser?._list?.length ?? 0;
}

/** ws knows one limit for all its connections, from before anybody has logged in. */
export function allowFrames(websocket: WebSocket | undefined, bytes: number): void {
  const receiver = (websocket as unknown as { _receiver?: { _maxPayload: number } } | undefined)?._receiver;
  if (receiver) receiver._maxPayload = bytes;
}

/** Who published it; aedes notes that when it hands a packet on. */
export function sentBy(packet: PublishPacket): string | undefined {
  return (packet as { clientId?: string }).clientId;
}

/** Client ids are the device's own affair: nobody can push another device out by taking its id. */
export function renameClient(client: Client, nativeId: string): void {
  (client as { id: string }).id = `${nativeId}/${client.id}`;
}

/** Whether it was published by another device than this client's; what no client published is everybody's. */
export function isOfAnother(client: Client, packet: PublishPacket): boolean {
  const sender = sentBy(packet);
  return sender !== undefined && deviceOf(sender) !== deviceOf(client.id);
}

/** What `renameClient` put in front. */
const deviceOf = (clientId: string): string => clientId.slice(0, clientId.indexOf('/'));

export function addressOf(client: Client): string {
  const remote =
    client.req?.socket.remoteAddress ??
    ('remoteAddress' in client.conn ? client.conn.remoteAddress : undefined);
  return remote ?? 'unknown';
}
