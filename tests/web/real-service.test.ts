import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemo } from '../../src/demo/demo-store.ts';
import { DEMO_PASSWORD } from '../../src/demo/maoqi-people.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';
import { connectBand, frame, record } from '../harness/watch-wire.ts';
import { browserProgram, buildPages, launchBrowser, openPage } from './browser.ts';
import { beginRegistration, provePress, rescue, seeWearer, signIn } from './stories.ts';

const SPARE_IMEI = '001017010046632';

describe.skipIf(!browserProgram.path)(`the pages on the real service ${browserProgram.reason}`, () => {
  let pages: string;
  let browser: Browser;
  let service: TestService;
  let bands: { id: string; name: string }[];

  beforeAll(async () => {
    pages = await buildPages();
    browser = await launchBrowser();
    service = await startTestService({}, { webDir: pages });
    bands = (await seedDemo(service.database.db, { hashPassword }))?.devices ?? [];
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });

  /** A band of the watch family presses SOS, with a fix, until it is answered. */
  async function press(id: string, fix: [number, number]): Promise<void> {
    const band = await connectBand(Number(new URL(service.addresses.tcp.watch ?? '').port));
    band.send(frame(id, record('AL', { status: '00010000', fix })));
    await until(() => band.heard().includes('AL'), { what: 'the band to be answered' });
    band.end();
  }

  async function openAs(login: string) {
    const opened = await openPage(browser);
    const baseUrl = service.addresses.http ?? '';
    await signIn({ page: opened.page, baseUrl, credentials: { login, password: DEMO_PASSWORD } });
    return { ...opened, baseUrl };
  }

  it('an SOS on the wire rings the worker of her grid, who goes, helps and writes it down', async () => {
    const { page, faults } = await openAs('worker1');
    const elder = bands.find(({ name }) => name === '陈桂兰');
    await press(elder?.id ?? '', [30.3926, 114.8738]);
    await rescue(page, { who: '陈桂兰', note: '头晕，已扶到床上休息，女儿在路上' });
    const incident = await service.database.db.selectFrom('incidents').selectAll().executeTakeFirstOrThrow();
    expect(incident).toMatchObject({ kind: 'sos', status: 'resolved', outcome: 'helped', presses: 1 });
    const steps = await service.database.db
      .selectFrom('timeline')
      .select('kind')
      .where('incident_id', '=', incident.id)
      .orderBy('id')
      .execute();
    expect(steps.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['raised', 'acknowledged', 'en_route', 'on_scene', 'resolved']),
    );
    expect(faults).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('a daughter registers a band by its IMEI and a press, and sees her mother', async () => {
    const { page, faults, baseUrl } = await openAs('family6');
    await beginRegistration(page, baseUrl, { imei: SPARE_IMEI, name: '熊秀兰', relation: '女儿' });
    await provePress(page, () => press(SPARE_IMEI, [30.393, 114.874]));
    expect(await seeWearer(page, baseUrl, '熊秀兰')).toContain('熊秀兰');
    const device = await service.database.db
      .selectFrom('devices')
      .innerJoin('subjects', 'subjects.id', 'devices.subject_id')
      .select(['subjects.name', 'devices.protocol'])
      .where('subjects.name', '=', '熊秀兰')
      .executeTakeFirst();
    expect(device).toEqual({ name: '熊秀兰', protocol: 'watch' });
    expect(faults).toEqual([]);
    await page.context().close();
  }, 60_000);
});
