import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { expectOnly, type LorawanEstate, openLorawanEstate } from '../harness/lorawan-estate.ts';
import { startOutsideMosquitto } from '../harness/outside-mosquitto.ts';
import type { RealServer } from '../harness/real-servers.ts';
import { requireProgram } from '../harness/requirements.ts';
import { projectRoot } from '../harness/source.ts';

const mosquitto = requireProgram('mosquitto');
const KINDS = [
  'sos',
  'water_leak',
  'level_high',
  'pressure_low',
  'battery_low',
  'sensor_fault',
  'sensor_silent',
];

let broker: RealServer | undefined;
let estate: LorawanEstate;
let rules: string;
beforeEach(async () => {
  rules = await impatientRules();
});
afterEach(async () => {
  await estate.close();
  await broker?.close();
  broker = undefined;
});

/** The shipped rules, but a sensor is silent after 90 s and not after more than a day. */
async function impatientRules(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gg-rules-'));
  await cp(join(projectRoot, 'alert-rules'), dir, { recursive: true });
  const file = join(dir, 'sensor_silent.yaml');
  const rule = await readFile(file, 'utf8');
  await writeFile(file, rule.replace(/after: device_default\n\s+by_rhythm: true/, 'after: 90s'));
  return dir;
}

describe('the day of an estate behind a ChirpStack', () => {
  it('is noticed on the own broker', async () => {
    estate = await openLorawanEstate({ RULES_DIR: rules });
    await expectOnly(estate, KINDS);
  }, 420_000);

  it.skipIf(!mosquitto.path)(
    'is noticed through a Mosquitto',
    async () => {
      broker = await startOutsideMosquitto(mosquitto.path ?? '');
      estate = await openLorawanEstate({
        RULES_DIR: rules,
        MQTT_URL: broker.url,
        MQTT_TOPICS: 'application/+/device/+/event/+',
      });
      await expectOnly(estate, KINDS);
    },
    420_000,
  );
});
