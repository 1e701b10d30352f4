import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { browserProgram, buildPages, launchBrowser, openPage } from './browser.ts';
import { type MockApi, startMockApi } from './mock-api.ts';
import { PASSWORD } from './mock-data.ts';
import { countTones, rescue, seeRing, signIn, takeFromRing, tonesOf } from './stories.ts';

describe.skipIf(!browserProgram.path)(`a grid worker ${browserProgram.reason}`, () => {
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
    await page.addInitScript(countTones);
    await signIn({ page, baseUrl: api.url, credentials: { login: 'worker', password: PASSWORD } });
  });
  afterEach(async () => {
    await page.context().close();
    await api.close();
    expect(faults).toEqual([]);
  });
  const incident = () => api.state.incidents[0];

  it('hears the ring, takes the incident, goes, arrives and helps', async () => {
    api.press();
    await rescue(page, { who: '王桂英', note: '起身时滑倒，无外伤' });
    expect(incident()).toMatchObject({ status: 'resolved', outcome: 'helped', note: '起身时滑倒，无外伤' });
    const kinds = incident()?.timeline.map((entry) => entry.kind);
    expect(kinds).toEqual(['raised', 'step', 'acknowledged', 'en_route', 'on_scene', 'resolved']);
  });

  it('is shown who, what and where, and tells the service that it rang', async () => {
    api.press();
    await seeRing(page, '王桂英');
    const ring = await page.getByRole('dialog').textContent();
    for (const text of ['SOS 求助', '岁', '茅圻村一组 17 号', '高血压']) expect(ring).toContain(text);
    await until(() => api.state.receipts.some((receipt) => receipt.state === 'rung'), {
      what: 'the receipt',
    });
    await until(async () => (await page.title()).includes('王桂英'), { what: 'the title' });
  });

  it('mutes without acknowledging, and a second press rings again', async () => {
    api.press();
    await seeRing(page, '王桂英');
    await until(async () => (await tonesOf(page)) > 6, { what: 'the ring' });
    await page.getByRole('button', { name: '静音' }).click();
    await page.getByRole('button', { name: '已静音 2 分钟' }).waitFor();
    const before = await tonesOf(page);
    await page.waitForTimeout(2_500);
    expect(await tonesOf(page)).toBe(before);
    expect(incident()?.status).toBe('notified');
    api.press();
    await until(async () => (await tonesOf(page)) > before, { what: 'the second ring' });
    await page.getByRole('dialog').getByText('按了 2 次').waitFor();
  });

  it('sees at once that somebody else has it', async () => {
    api.press();
    await seeRing(page, '王桂英');
    const stored = incident();
    if (!stored) throw new Error('no incident');
    Object.assign(stored, { status: 'acknowledged', owner: { id: 2, name: '吴秀英', phone: null } });
    api.state.broadcast({ type: 'incident', id: stored.id, status: 'acknowledged' });
    await page.getByText('已由 吴秀英 接手').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it('never sees an acknowledgement as done that did not reach the service', async () => {
    api.press();
    await seeRing(page, '王桂英');
    api.setUnreachable(true);
    await page.waitForTimeout(600);
    await page.getByRole('button', { name: '我来处理' }).click();
    await page.getByText('未送达服务器').waitFor();
    expect(await page.getByText('已接警').count()).toBe(0);
    expect(incident()?.status).toBe('notified');
    await page.waitForTimeout(3_500);
    api.setUnreachable(false);
    await page.getByText('由您处理，请尽快出发').waitFor();
    await page.getByText('未送达服务器').waitFor({ state: 'hidden' });
    expect(incident()).toMatchObject({ status: 'acknowledged', owner: { name: '周海生' } });
  });

  it('keeps what is not delivered over a reload of the page', async () => {
    api.press();
    await seeRing(page, '王桂英');
    await page.route('**/api/incidents/*/acknowledge', (route) => route.abort());
    await page.waitForTimeout(600);
    await page.getByRole('button', { name: '我来处理' }).click();
    await page.getByText('未送达服务器').waitFor();
    await page.unroute('**/api/incidents/*/acknowledge');
    await page.reload();
    await until(() => incident()?.status === 'acknowledged', { what: 'the delivery' });
  });

  it('takes back a mistaken acknowledgement', async () => {
    api.press();
    await seeRing(page, '王桂英');
    await takeFromRing(page);
    await page.getByRole('button', { name: '撤销' }).click();
    await page.getByText('已撤销').waitFor();
    expect(incident()).toMatchObject({ status: 'notified', owner: null });
  });

  it('sees in the time line what the wristband was asked by itself, and what became of it', async () => {
    api.press();
    await seeRing(page, '王桂英');
    await takeFromRing(page);
    const asked = page.getByRole('listitem').filter({ hasText: '发给手环：现在定位' });
    await asked.waitFor();
    expect(await asked.textContent()).toMatch(/系统.*设备已确认/);
    await page.getByText('发给手环：测心率').waitFor();
  });

  it('calls, navigates, calls for help and hands over', async () => {
    api.press();
    await seeRing(page, '王桂英');
    await takeFromRing(page);
    expect(await page.getByRole('link', { name: '打给老人' }).getAttribute('href')).toBe('tel:13807110010');
    expect(await page.getByRole('link', { name: '打给女儿' }).getAttribute('href')).toBe('tel:13907110003');
    await page.getByRole('button', { name: '导航过去' }).click();
    expect(await page.getByRole('link', { name: '高德地图' }).getAttribute('href')).toContain('uri.amap.com');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '支援', exact: true }).click();
    await page.getByRole('button', { name: '请值班台增派人手' }).click();
    await until(() => incident()?.timeline.at(-1)?.kind === 'need_help', { what: 'the call for help' });
    await page.getByRole('button', { name: '移交他人' }).click();
    await page.getByLabel('吴秀英').check();
    await page.getByRole('button', { name: '请对方接手' }).click();
    await until(() => incident()?.handOverTo?.name === '吴秀英', { what: 'the hand-over' });
  });

  it('is offered an incident of another and takes it over', async () => {
    api.press({ subjectId: 102 });
    Object.assign(incident() ?? {}, {
      status: 'acknowledged',
      owner: { id: 2, name: '吴秀英', phone: null },
      handOverTo: { id: 1, name: '周海生', phone: null },
    });
    api.state.broadcast({ type: 'incident', id: 1, status: 'acknowledged' });
    await page.getByText('请您接手（1）').waitFor();
    await page.locator('main').getByRole('link', { name: '李德福' }).click();
    await page.getByRole('button', { name: '接手处理' }).click();
    await until(() => incident()?.owner?.name === '周海生', { what: 'the new owner' });
  });

  it('hears the ring again when whoever took it gives it back', async () => {
    api.press();
    await seeRing(page, '王桂英');
    await page.getByRole('button', { name: '静音' }).click();
    await page.getByRole('button', { name: '已静音 2 分钟' }).waitFor();
    Object.assign(incident() ?? {}, { acknowledgedAt: Date.now() });
    api.state.broadcast({ type: 'incident', id: 1, status: 'notified' });
    await page.getByRole('button', { name: '静音', exact: true }).waitFor();
  });

  it('sees that an alert came late, and how old it is', async () => {
    api.press({ late: true, agoMs: 600_000 });
    await seeRing(page, '王桂英');
    await page.getByRole('dialog').getByText('按下于 3小时前').waitFor();
  });

  it('is asked to sign in again when the session has ended', async () => {
    api.state.sessions.clear();
    api.press();
    await page.getByText('登录已过期').waitFor();
  });
});
