import type { ChildCredential } from '../neighbourhood.ts';
import { type Model, models, type Values } from './models.ts';

/** What a Zigbee2MQTT 2.x says of itself and of what it has paired, on `bridge/info` and `bridge/devices`. */

const COORDINATOR = '0x00124b002900ff01';

export function modelOf({ model }: ChildCredential): Model {
  const found = models.get(model);
  if (!found) throw new Error(`there is no model ${model}`);
  return found;
}

export interface BridgeSettings {
  baseTopic: string;
  /** Writes `last_seen` into every state message. */
  lastSeen: boolean;
  /** Tells of every device whether it answers. */
  availability: boolean;
}

export function bridgeInfo({ baseTopic, lastSeen, availability }: BridgeSettings): Values {
  return {
    version: '2.12.1',
    commit: 'simulated',
    coordinator: { ieee_address: COORDINATOR, type: 'EmberZNet', meta: { revision: '7.4.4 [GA]' } },
    network: { channel: 15, pan_id: 6_754, extended_pan_id: '0xdddddddddddddddd' },
    log_level: 'info',
    permit_join: false,
    restart_required: false,
    config: {
      mqtt: { base_topic: baseTopic, include_device_information: false },
      advanced: {
        cache_state: true,
        cache_state_send_on_startup: true,
        last_seen: lastSeen ? 'ISO_8601' : 'disable',
        output: 'json',
      },
      availability: { enabled: availability },
    },
  };
}

/** The coordinator first, as Zigbee2MQTT lists it. */
export function bridgeDevices(children: readonly ChildCredential[]): Values[] {
  return [
    {
      ieee_address: COORDINATOR,
      type: 'Coordinator',
      friendly_name: 'Coordinator',
      disabled: false,
      supported: true,
      interview_state: 'SUCCESSFUL',
      definition: null,
      endpoints: {},
    },
    ...children.map(describe),
  ];
}

function describe(child: ChildCredential, i: number): Values {
  const { model, vendor, description, modelId, manufacturer, power, exposes } = modelOf(child);
  return {
    ieee_address: child.address,
    type: power === 'Battery' ? 'EndDevice' : 'Router',
    network_address: 4_096 + i,
    friendly_name: child.name,
    disabled: false,
    power_source: power,
    model_id: modelId,
    manufacturer,
    supported: true,
    interviewing: false,
    interview_completed: true,
    interview_state: 'SUCCESSFUL',
    definition: { model, vendor, description, source: 'native', supports_ota: false, exposes, options: [] },
    endpoints: { 1: { bindings: [], clusters: { input: ['genBasic'], output: [] }, scenes: [] } },
  };
}
