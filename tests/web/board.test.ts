import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { browserProgram, buildPages, desktop, launchBrowser, openPage } from './browser.ts';
import { type MockApi, startMockApi } from './mock-api.ts';
import { PASSWORD } from './mock-data.ts';
import { settleNeighbourhood } from './mock-neighbourhood.ts';
import { signIn, takeOver } from './stories.ts';

/** Notes the pitch of each tone that the page plays. */
const countTones = () => {
  const notes = window as unknown as { tones: number[] };
  notes.tones = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    notes.tones.push(this.frequency.value);
    start.call(this, when);
  };
};
const tonesOf = (page: Page) => page.evaluate(() => (window as unknown as { tones: number[] }).tones);

describe.skipIf(!browserProgram.path)(`a desk ${browserProgram.reason}`, () => {
  let pages: string;
  let browser: Browser;
  let api: MockApi;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    pages = await buildPages();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    api = await startMockApi(pages);
    ({ page, faults } = await openPage(browser, { viewport: desktop }));
  });
  afterEach(async () => {
    await page.context().close();
    await api.close();
    expect(faults).toEqual([]);
  });
  const enter = (login: string) =>
    signIn({ page, baseUrl: api.url, credentials: { login, password: PASSWORD } });

  it('sees what nobody answered first, the longest waiting at the top', async () => {
    api.press({ subjectId: 102, agoMs: 500_000 });
    Object.assign(api.state.incidents[0] ?? {}, {
      status: 'on_scene',
      owner: { id: 1, name: '周海生', phone: null },
    });
    api.press({ subjectId: 101, agoMs: 20_000 });
    api.press({ subjectId: 103, kind: 'fall', agoMs: 200_000 });
    await enter('dispatcher');
    const list = page
      .locator('section', { has: page.getByRole('heading', { name: '未结束的警情（3）' }) })
      .last()
      .getByRole('link');
    await list.nth(2).waitFor();
    const order = await list.allInnerTexts();
    expect(order.map((text) => text.slice(0, 3))).toEqual(['张玉兰', '王桂英', '李德福']);
  });

  it('takes over, notes, resolves and closes', async () => {
    api.press();
    const [incident] = api.state.incidents;
    Object.assign(incident ?? {}, { status: 'acknowledged', owner: { id: 1, name: '周海生', phone: null } });
    await enter('dispatcher');
    await takeOver(page, api.url, '王桂英');
    await page.getByRole('button', { name: '记一笔' }).click();
    await page.getByLabel('写下情况').fill('救护车已出发');
    await page.getByRole('button', { name: '记下' }).click();
    await page.getByText('救护车已出发').waitFor();
    await page.getByRole('button', { name: '处置完毕' }).click();
    await page.getByLabel('已送医').check();
    await page.getByLabel('发生了什么').fill('送县医院');
    await page.getByRole('button', { name: '提交' }).click();
    await page.getByRole('button', { name: '归档' }).click();
    await until(() => incident?.status === 'closed', { what: 'the end' });
  });

  it('opens an incident from its pin, and one of an unregistered band with its id', async () => {
    api.press();
    api.press({ subjectId: null });
    await enter('dispatcher');
    await page.getByRole('button', { name: /SOS 求助: 王桂英/ }).click();
    await page.getByRole('heading', { level: 1, name: '王桂英' }).waitFor();
    await page.getByRole('link', { name: /未登记手环 990000862471854/ }).click();
    await page.getByText('这只手环没有登记').waitFor();
  });

  it('says that what it shows is old when nothing is heard for twenty seconds, and recovers', async () => {
    await page.clock.install();
    await enter('dispatcher');
    await page.getByText('没有未结束的警情').waitFor();
    api.setUnreachable(true);
    const banner = page.getByText('没有收到服务器的消息');
    // An answer that was still on its way when the service went counts as heard: then the twenty seconds begin anew.
    const stale = async () => {
      await page.clock.fastForward(25_000);
      return banner.isVisible();
    };
    await until(stale, { what: 'the banner', everyMs: 200 });
    api.setUnreachable(false);
    await page.clock.fastForward(16_000);
    await banner.waitFor({ state: 'hidden' });
  });

  it('shows a new incident by the poll where the stream is cut', async () => {
    await page.route('**/api/live', (route) => route.abort());
    await page.clock.install();
    await enter('dispatcher');
    await page.getByText('没有未结束的警情').waitFor();
    api.press();
    await page.clock.fastForward(16_000);
    await page.getByRole('link', { name: '王桂英' }).first().waitFor();
  });

  it('stands an unanswered incident above every ticket, and a late ticket above those in time', async () => {
    api.press();
    await enter('dispatcher');
    const titles = page.getByRole('heading', { level: 2 });
    await page.getByRole('heading', { name: /要紧的工单/ }).waitFor();
    const shown = (await titles.allInnerTexts()).map((text) => text.replace(/（.*/, ''));
    expect(shown.slice(0, 3)).toEqual(['未结束的警情', '要紧的工单', '按期处理中的工单']);
    const first = page.locator('section', { has: page.getByRole('heading', { name: /要紧的工单/ }) }).last();
    expect(await first.getByRole('link').first().textContent()).toContain('接单已超时');
  });

  it('opens a ticket beside the map and does what a desk may do', async () => {
    await enter('dispatcher');
    await page
      .getByRole('link', { name: /漏水 · 地下室/ })
      .first()
      .click();
    await page.getByRole('button', { name: '接单', exact: true }).waitFor();
    expect(page.url()).toContain('/board/tickets/');
    await page.getByRole('button', { name: '接单', exact: true }).click();
    await until(
      () => api.state.tickets.some((one) => one.level === 'community' && one.status === 'accepted'),
      {
        what: 'the ticket',
      },
    );
    await page.getByRole('link', { name: '收起' }).click();
    await page.getByText('佩戴人（7）').waitFor();
  });

  it('keeps 43 wearers and 500 sensors readable: heaps with numbers, which come apart or are listed', async () => {
    settleNeighbourhood(api.state);
    await enter('dispatcher');
    const heaps = page.getByRole('button', { name: /个在一起，最要紧的是/ });
    await heaps.first().waitFor({ timeout: 30_000 });
    const marks = await page.locator('svg [role=button]').count();
    expect(marks).toBeLessThan(120);
    for (let tries = 0; tries < 8 && !(await page.getByText(/^这里有/).isVisible()); tries += 1) {
      await heaps.first().click();
      await page.waitForTimeout(100);
    }
    await page.getByRole('region', { name: '这里有' }).getByRole('listitem').first().waitFor();
  });

  it('shows one estate or grid, but never hides who waits for an answer', async () => {
    api.press({ subjectId: 103 });
    await enter('dispatcher');
    await page.getByLabel('范围').selectOption({ label: '码头新村' });
    await page.getByText('传感器与网关（2）').waitFor();
    await page
      .getByRole('link', { name: /张玉兰/ })
      .first()
      .waitFor();
    expect(await page.getByRole('link', { name: /湖滨花园/ }).count()).toBe(0);
  });

  it('sounds for a ticket unlike for an incident, and mutes without taking anything on', async () => {
    await page.addInitScript(countTones);
    await enter('dispatcher');
    await page.getByText('1 张工单等本台接单').waitFor();
    await until(async () => (await tonesOf(page)).length >= 3, { what: 'the tones of a ticket' });
    const ofTicket = new Set(await tonesOf(page));
    await page.getByRole('button', { name: '静音' }).click();
    await page.getByRole('button', { name: '已静音 2 分钟' }).waitFor();
    expect(api.state.tickets.find((one) => one.level === 'community')?.status).toBe('dispatched');
    api.press({ subjectId: null });
    await until(async () => (await tonesOf(page)).some((hz) => !ofTicket.has(hz)), {
      what: 'the ring of an incident',
    });
    const after = (await tonesOf(page)).filter((hz) => !ofTicket.has(hz));
    expect(after.every((hz) => hz === 988 || hz === 740)).toBe(true);
  });

  it('says that it is silent until somebody begins the shift', async () => {
    await enter('dispatcher');
    await page.reload();
    await page.getByText('这台设备现在不会响铃').waitFor();
    await page.getByRole('button', { name: '开始值班，打开铃声' }).click();
    await page.getByText('这台设备现在不会响铃').waitFor({ state: 'hidden' });
  });

  it('registers a device and shows its secret once, with the line that tries it', async () => {
    await enter('admin');
    await page.goto(`${api.url}/admin/devices`);
    await page.getByRole('button', { name: '登记设备' }).click();
    await page.getByRole('dialog').getByLabel('设备编号').fill('band-77');
    await page.getByRole('dialog').getByLabel('协议').selectOption('native');
    await page.getByRole('dialog').getByRole('button', { name: '登记', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: '已登记' });
    await dialog.getByText("mosquitto_pub -h 127.0.0.1 -p 1883 -q 1 -u 'band-77'").waitFor();
    await dialog.getByRole('button', { name: '我抄好了' }).click();
    await page.getByText('band-77').waitFor();
    expect(await page.getByText('Kq3v').count()).toBe(0);
  });

  it('adds a shift, an account, and filters the uplinks', async () => {
    await enter('admin');
    await page.goto(`${api.url}/admin/rosters`);
    await page.getByRole('button', { name: '加一班' }).click();
    await page.getByLabel('星期', { exact: true }).selectOption('7');
    await page.getByRole('button', { name: '保存' }).click();
    await until(() => api.state.shifts.some((shift) => shift.weekday === 7), { what: 'the shift' });
    await page.goto(`${api.url}/admin/accounts`);
    await page.getByRole('button', { name: '新建账号' }).click();
    await page.getByLabel('姓名').fill('李网格');
    await page.getByRole('dialog').getByLabel('账号').fill('li.grid');
    await page.getByRole('dialog').getByLabel('密码').fill('a-long-password');
    await page.getByRole('button', { name: '新建', exact: true }).click();
    await page.getByText('li.grid').waitFor();
    await page.goto(`${api.url}/admin/uplinks`);
    await page.getByLabel('结果').selectOption('undecodable');
    await page.getByText('the length says 65535 bytes').waitFor();
    await page.getByText('[3G*8612000000*0009*LK,0,0,64]').waitFor({ state: 'hidden' });
  });
});
