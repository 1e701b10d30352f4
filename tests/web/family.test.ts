import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { browserProgram, buildPages, launchBrowser, openPage } from './browser.ts';
import { type MockApi, startMockApi } from './mock-api.ts';
import { PASSWORD } from './mock-data.ts';
import { qrPhoto } from './png.ts';
import { beginRegistration, proveCode, provePress, seeRing, seeWearer, signIn } from './stories.ts';

const wearer = { imei: '861200000001077', name: '吴春梅', relation: '儿子' } as const;

describe.skipIf(!browserProgram.path)(`a family ${browserProgram.reason}`, () => {
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
    ({ page, faults } = await openPage(browser));
  });
  afterEach(async () => {
    await page.context().close();
    await api.close();
    expect(faults).toEqual([]);
  });
  const enter = (login: string) =>
    signIn({ page, baseUrl: api.url, credentials: { login, password: PASSWORD } });

  it('registers a wristband by a press of it and sees that she is well', async () => {
    await enter('newcomer');
    await beginRegistration(page, api.url, wearer);
    await provePress(page, api.provePress);
    const text = await seeWearer(page, api.url, '吴春梅');
    expect(text).toContain('她很好 · 2分钟前');
    for (const vital of ['心率', '血氧', '血压', '体温', '步数']) expect(text).toContain(vital);
    await page.locator('.uplot canvas').first().waitFor();
  });

  it('registers a wristband by the digits on its screen; wrong ones are told', async () => {
    await enter('newcomer');
    await beginRegistration(page, api.url, wearer);
    await page.getByRole('button', { name: '看手环屏幕上的数字' }).click();
    await page.getByLabel('6 位数字').fill('111111');
    await page.getByRole('button', { name: '确定' }).click();
    await page.getByText('数字不对，还能试 4 次').waitFor();
    await beginRegistration(page, api.url, wearer);
    await proveCode(page, '246810');
  });

  it('reads the number of the band off its box', async () => {
    await enter('newcomer');
    await page.goto(`${api.url}/register`);
    await page.getByRole('button', { name: '扫码' }).click();
    const picture = { name: 'box.png', mimeType: 'image/png', buffer: qrPhoto() };
    await page.getByLabel('拍照或选一张照片').setInputFiles(picture);
    const field = page.getByRole('textbox', { name: 'IMEI 号或设备编号' });
    await until(async () => (await field.inputValue()) === '861234567890127', { what: 'the number' });
    await field.fill('861234567890137');
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByText('可能抄错了一位').waitFor();
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByLabel('姓名').waitFor();
  });

  it('has the wristband measure, sets whom it calls, and sees what became of it', async () => {
    await enter('family');
    await page.goto(`${api.url}/family/101`);
    await page.getByRole('button', { name: '测心率' }).click();
    const line = page.getByRole('listitem').filter({ hasText: '测心率' });
    await line.getByText('已排队，等设备上线').waitFor();
    await line.getByText('有效到').waitFor();
    Object.assign(api.state.downlinks[0] ?? {}, { state: 'failed', reason: 'the device says no' });
    api.state.broadcast({ type: 'device', id: 201 });
    await line.getByText('设备拒绝了').waitFor();
    await page.getByText('更多操作和设置').click();
    await page.getByRole('button', { name: '求助电话' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('第一个电话').fill('138-0711 0001');
    await dialog.getByLabel('第二个电话').fill('女儿');
    await dialog.getByRole('button', { name: '发给手环' }).click();
    await dialog.getByText('电话只能是 3 到 20 位数字').waitFor();
    expect(api.state.downlinks).toHaveLength(1);
    await dialog.getByLabel('第二个电话').fill('');
    await dialog.getByRole('button', { name: '发给手环' }).click();
    await page.getByRole('listitem').filter({ hasText: '求助电话' }).waitFor();
    await page.getByRole('button', { name: '关机' }).click();
    await dialog.getByText('关机后按求助键不会报警').waitFor();
    expect(api.state.downlinks).toHaveLength(2);
    await dialog.getByRole('button', { name: '确认关机' }).click();
    await page.getByRole('listitem').filter({ hasText: '关机' }).waitFor();
  });

  it('is told of an IMEI that cannot be one', async () => {
    await enter('newcomer');
    await page.goto(`${api.url}/register`);
    await page.getByRole('textbox', { name: 'IMEI 号或设备编号' }).fill('12345');
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByText('这不像手环的编号').waitFor();
  });

  it('follows an alert live, with names, and is asked before it takes one', async () => {
    await enter('family');
    await page.getByText('她很好').waitFor();
    api.press();
    await seeRing(page, '王桂英');
    await page.getByRole('button', { name: '看看进展' }).click();
    await page.getByText('还没有人应答').waitFor();
    await page.getByRole('button', { name: '我能赶到，我来处理' }).click();
    await page.getByText('系统不再通知其他人').waitFor();
    await page.getByRole('button', { name: '取消' }).click();
    const [incident] = api.state.incidents;
    if (!incident) throw new Error('no incident');
    expect(incident.owner).toBeNull();
    Object.assign(incident, { status: 'en_route', owner: { id: 1, name: '周海生', phone: null } });
    api.state.broadcast({ type: 'incident', id: incident.id, status: 'en_route' });
    await page.getByText('周海生 · 赶往现场').waitFor();
  });

  it('sees who has looked, and corrects what is said of her', async () => {
    await enter('family');
    const text = await seeWearer(page, api.url, '王桂英');
    expect(text).toContain('查看了位置 （2 次）');
    await page.getByRole('link', { name: '修改资料' }).click();
    await page.getByLabel('照护须知').fill('备用钥匙在村口小店');
    const map = page.getByRole('img', { name: '家在图上的位置' });
    await map.click({ position: { x: 120, y: 90 } });
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存').waitFor();
    const subject = api.state.subjects[0];
    expect(subject?.careNotes).toBe('备用钥匙在村口小店');
    expect(subject?.homeLatitude).toBeCloseTo(30.39, 1);
    expect(subject?.homeLongitude).toBeCloseTo(114.88, 1);
  });

  it('reads in English and in large print, and the account keeps both', async () => {
    await enter('family');
    await page.getByRole('link', { name: '我的' }).click();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Large print' }).click();
    await until(() => api.state.mes.some((me) => me.locale === 'en' && me.largePrint), {
      what: 'the account',
    });
    const sizes = await page.evaluate(() => ({
      body: Number.parseFloat(getComputedStyle(document.body).fontSize),
      button: document.querySelector('main button')?.getBoundingClientRect().height ?? 0,
    }));
    expect(sizes.body).toBeGreaterThanOrEqual(18);
    expect(sizes.button).toBeGreaterThanOrEqual(60);
  });
});
