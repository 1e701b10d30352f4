import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { browserProgram, buildPages, desktop, launchBrowser, openPage } from './browser.ts';
import { type MockApi, startMockApi } from './mock-api.ts';
import { PASSWORD } from './mock-data.ts';
import { signIn, takeOver } from './stories.ts';

describe.skipIf(!browserProgram.path)(`a desk ${browserProgram.reason}`, () => {
  let pages: Awaited<ReturnType<typeof buildPages>>;
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
    pages?.remove();
  });
  beforeEach(async () => {
    api = await startMockApi(pages.folder);
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
    const list = page.locator('section', { hasText: '未结束的警情（3）' }).getByRole('link');
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

  it('registers a device and shows its secret once, with the line that tries it', async () => {
    await enter('admin');
    await page.goto(`${api.url}/admin/devices`);
    await page.getByRole('button', { name: '登记设备' }).click();
    await page.getByRole('dialog').getByLabel('设备编号').fill('band-77');
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
