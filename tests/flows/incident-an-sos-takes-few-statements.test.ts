import type { KyselyPlugin } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertChange } from '../../src/model/alerts.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildVillage,
  type Rescue,
  type RescueVillage,
  sos,
  startRescue,
} from '../harness/rescue-village.ts';

let test: TestDatabase;
let village: RescueVillage;
let rescue: Rescue;
let statements = 0;
const counting: KyselyPlugin = {
  transformQuery: ({ node }) => {
    statements++;
    return node;
  },
  transformResult: async ({ result }) => result,
};
beforeAll(async () => {
  test = await openTestDatabase();
  village = await buildVillage(test.database);
  rescue = startRescue(test.database);
  await rescue.directory.grids();
});
afterAll(() => test.close());

async function statementsOf(...changes: AlertChange[]): Promise<number> {
  statements = 0;
  const counted = test.database.db.withPlugin(counting);
  await counted.transaction().execute((trx) => rescue.incidents.respond(trx, changes));
  return statements;
}

describe('an SOS takes', () => {
  it('four statements, a second press four, and a hundred of strangers at once five', async () => {
    const now = rescue.clock.now();
    expect(await statementsOf(sos(village, now))).toBe(4);
    expect(await statementsOf(sos(village, now))).toBe(4);
    const hundred = Array.from({ length: 100 }, (_, i) =>
      sos(undefined, now, { nativeId: `band${i}`, source: `10.1.0.${i}` }),
    );
    expect(await statementsOf(...hundred)).toBe(5);
  });
});
