import mqtt from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemo } from '../../src/demo/demo-store.ts';
import { DEMO_PASSWORD } from '../../src/demo/maoqi-people.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';
import { browserProgram, buildPages, launchBrowser, openPage } from './browser.ts';
import { pngPhoto } from './png.ts';
import { signIn } from './stories.ts';

const PIPE = 'bh-pipe-01';
const MINUTE = 60_000;

describe.skipIf(!browserProgram.path)(
  `the life of a ticket on the real service ${browserProgram.reason}`,
  () => {
    let pages: string;
    let browser: Browser;
    let service: TestService;
    let sensor: mqtt.MqttClient;

    beforeAll(async () => {
      pages = await buildPages();
      browser = await launchBrowser();
      service = await startTestService({}, { webDir: pages });
      const demo = await seedDemo(service.database.db, { hashPassword });
      const device = demo?.sensors.find(({ id }) => id === PIPE);
      sensor = await mqtt.connectAsync(service.addresses.mqtt ?? '', {
        username: PIPE,
        password: device?.secret ?? '',
      });
    }, 120_000);
    afterAll(async () => {
      await sensor?.endAsync(true);
      await browser?.close();
      await service?.close();
    });

    let seq = 0;
    const measure = (agoMs: number, water_pressure: number, water_flow: number) =>
      sensor.publishAsync(
        `gridguard/v1/${PIPE}/up`,
        JSON.stringify({ seq: ++seq, time: Date.now() - agoMs, water_pressure, water_flow }),
        { qos: 1 },
      );

    async function as(login: string, path: string): Promise<{ page: Page; faults: string[] }> {
      const opened = await openPage(browser);
      const baseUrl = service.addresses.http ?? '';
      await signIn({ page: opened.page, baseUrl, credentials: { login, password: DEMO_PASSWORD } });
      await opened.page.goto(`${baseUrl}${path}`);
      return opened;
    }
    const leave = async ({ page, faults }: { page: Page; faults: string[] }) => {
      await page.context().close();
      expect(faults).toEqual([]);
    };
    const only = () =>
      service.database.db.selectFrom('tickets').selectAll().where('native_id', '=', PIPE).executeTakeFirst();

    it('a burst pipe is the ticket of its company with asset, deadline and readings', async () => {
      for (const ago of [12, 10, 8, 6]) await measure(ago * MINUTE, 320, 3_000);
      for (const ago of [4, 3, 2, 1]) await measure(ago * MINUTE, 110, 24_000);
      const ticket = await until(only, { what: 'the ticket' });
      const manager = await as('property', `/tickets/${ticket.id}`);
      const { page } = manager;
      await page.getByRole('heading', { level: 1, name: /疑似爆管/ }).waitFor();
      await page.getByText('湖滨花园').first().waitFor();
      await page.getByText(/接单还剩/).waitFor();
      await page.getByRole('img', { name: /^水压: .*kPa，最低 110.*，最高 320/ }).waitFor();
      expect(ticket).toMatchObject({ severity: 'critical', status: 'dispatched', level: 'property' });
      await page.getByRole('button', { name: '接单', exact: true }).click();
      await page.getByRole('button', { name: '派人处理', exact: true }).click();
      await page.getByLabel(/汪建/).check();
      await page.getByLabel('交代一句').fill('先关总阀');
      await page.getByRole('button', { name: '派出', exact: true }).click();
      await page.getByText(/已派给 汪建/).waitFor();
      await leave(manager);
    }, 60_000);

    it('the repairer starts, photographs and finishes it', async () => {
      const { id } = await until(only, { what: 'the ticket' });
      const repairer = await as('repairer1', `/tickets/${id}`);
      const { page } = repairer;
      await page.getByRole('button', { name: '开始处理', exact: true }).click();
      await page.getByRole('button', { name: '处理完毕', exact: true }).click();
      const sheet = page.getByRole('dialog', { name: '处理完毕' });
      await sheet.getByLabel('情况属实', { exact: true }).check();
      await sheet.getByLabel('做了什么').fill('更换了爆裂的 PPR 三通');
      const buffer = pngPhoto(640, 480, 'nothing');
      await sheet
        .getByLabel('拍处理后的照片')
        .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });
      await sheet.getByRole('img', { name: /处理后/ }).waitFor();
      await sheet.getByRole('button', { name: '提交' }).click();
      await page.getByText('处理完毕，等待核验').first().waitFor();
      await leave(repairer);
    }, 60_000);

    it('somebody else verifies it, the desk closes and rates it', async () => {
      const { id } = await until(only, { what: 'the ticket' });
      const desk = await as('community', `/tickets/${id}`);
      const { page } = desk;
      await page.getByRole('button', { name: '核验', exact: true }).click();
      const sheet = page.getByRole('dialog', { name: '核验' });
      await sheet.getByLabel('已解决').check();
      await sheet.getByRole('button', { name: '提交' }).click();
      await until(async () => (await only())?.status === 'verified', { what: 'the verification' });
      await page.getByRole('button', { name: '办结', exact: true }).click();
      await until(async () => (await only())?.status === 'closed', { what: 'the end' });
      await leave(desk);
      const steps = await service.database.db
        .selectFrom('ticket_timeline')
        .select('kind')
        .where('ticket_id', '=', id)
        .orderBy('id')
        .execute();
      expect(steps.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining([
          'reported',
          'dispatched',
          'accepted',
          'assigned',
          'started',
          'photo',
          'finished',
          'verified',
          'closed',
        ]),
      );
    }, 60_000);
  },
);
