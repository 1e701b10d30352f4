/** What a gateway has to be told to speak to us. */
export interface GatewayAccess {
  host: string;
  port: number;
  nativeId: string;
  secret: string;
  topicPrefix: string;
}

/**
 * The part of Zigbee2MQTT's configuration.yaml that connects it: a time in each message and the devices' availability let us tell a replayed
 * cache from news; QoS 1 has a message repeated until it is stored here.
 */
export function zigbee2mqttConfig({ host, port, nativeId, secret, topicPrefix }: GatewayAccess): string {
  return `mqtt:
  server: mqtt://${host}:${port}
  client_id: ${quoted(nativeId)}
  user: ${quoted(nativeId)}
  password: ${quoted(secret)}
  base_topic: ${quoted(topicPrefix)}
  keepalive: 60
  version: 4
  reject_unauthorized: true
availability:
  enabled: true
advanced:
  last_seen: ISO_8601
  cache_state_send_on_startup: false
device_options:
  qos: 1
  retain: false
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
