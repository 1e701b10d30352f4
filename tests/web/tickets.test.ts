import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { browserProgram, buildPages, launchBrowser, openPage } from './browser.ts';
import { type MockApi, startMockApi } from './mock-api.ts';
import { PASSWORD } from './mock-data.ts';
import { reportTicket } from './mock-tickets.ts';
import { jpegSize, pngPhoto } from './png.ts';
import { countTones, signIn, tonesOf } from './stories.ts';

describe.skipIf(!browserProgram.path)(`a property company ${browserProgram.reason}`, () => {
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
  const as = async (login: string, path = '') => {
    await page.addInitScript(countTones);
    await signIn({ page, baseUrl: api.url, credentials: { login, password: PASSWORD } });
    if (path) await page.goto(`${api.url}${path}`);
  };
  const ticket = (id: number) => {
    const found = api.state.tickets.find((one) => one.id === id);
    if (!found) throw new Error(`no ticket ${id}`);
    return found;
  };
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const photo = () => ({
    name: 'IMG_1.png',
    mimeType: 'image/png',
    buffer: pngPhoto(2400, 1800, 'home of Wang'),
  });

  it('hears of a new ticket softly and once, opens it, accepts it and sends a repairer', async () => {
    await as('property');
    await page.getByRole('heading', { name: '陈物业，您好' }).waitFor();
    await page.getByText('疑似爆管').first().waitFor();
    expect(await tonesOf(page)).toBe(0);
    const { id } = reportTicket(api.state);
    await page.getByText('新工单：漏水 · 水泵房').waitFor();
    await until(async () => (await tonesOf(page)) === 3, { what: 'the soft sound' });
    await button('打开').click();
    await page.getByRole('heading', { level: 1, name: '漏水 · 水泵房' }).waitFor();
    await button('接单').click();
    await until(() => ticket(id).status === 'accepted', { what: 'the acceptance' });
    await button('派人处理').click();
    await page.getByLabel('李师傅 · 值班中 · 手上 2 单').check();
    await page.getByLabel('交代一句').fill('先关总阀');
    await button('派出').click();
    await page.getByText('已派给 李师傅，等待开始处理。').waitFor();
    expect(ticket(id).timeline.map(({ kind }) => kind)).toEqual([
      'reported',
      'dispatched',
      'accepted',
      'assigned',
    ]);
  });

  it('finds what is late first, then what is due soonest', async () => {
    await as('property');
    const rows = page.getByRole('listitem').filter({ has: page.getByText(/工单号/) });
    await rows.first().waitFor();
    const titles = await rows.allTextContents();
    const kinds = ['漏水', '疑似爆管', '断路器跳闸', '传感器失联', '垃圾桶满溢', '液位过高', '剩余电流过大'];
    expect(titles.map((title) => kinds.findIndex((kind) => title.includes(kind)))).toEqual([
      0, 1, 2, 3, 4, 5, 6,
    ]);
    await page.getByText(/接单已超时 \d+分钟/).waitFor();
  });

  it('sees the clock tick', async () => {
    await as('property', '/tickets/1');
    const words = page.getByText(/接单还剩 \d\d:\d\d/);
    const before = await words.textContent();
    await until(async () => (await words.textContent()) !== before, { what: 'the next second' });
  });

  it('repairs: starts, photographs, says what was done; nothing is finished without a photo', async () => {
    Object.assign(ticket(2), { status: 'accepted' });
    await as('repairer', '/tickets/2');
    await button('开始处理').click();
    await button('处理完毕').click();
    const sheet = page.getByRole('dialog', { name: '处理完毕' });
    await sheet.getByLabel('做了什么').fill('换了过载的接触器');
    await sheet.getByRole('button', { name: '提交' }).click();
    await sheet.getByText('请先拍一张处理后的照片。').waitFor();
    await sheet.getByLabel('拍处理后的照片').setInputFiles(photo());
    await sheet.getByRole('img', { name: '处理后，李师傅' }).waitFor();
    await sheet.getByRole('button', { name: '提交' }).click();
    await sheet.getByText('请选择查下来是什么情况。').waitFor();
    await sheet.getByLabel('设备故障或误报').check();
    await sheet.getByRole('button', { name: '提交' }).click();
    await page.getByText('处理完毕，等待核验').first().waitFor();
    expect(ticket(2)).toMatchObject({
      status: 'finished',
      note: '换了过载的接触器',
      finding: 'device_fault',
      finishedBy: { name: '李师傅' },
    });
    const [sent] = api.state.photos.values();
    expect(sent && jpegSize(sent)).toEqual({ width: 1600, height: 1200 });
    expect(sent?.includes('home of Wang')).toBe(false);
  });

  it('tries a photo again that did not get through, and drops what is none', async () => {
    await as('repairer', '/tickets/2');
    await page.route('**/api/tickets/2/photos**', (route) => route.abort());
    await page.getByLabel('拍处理前的照片').setInputFiles(photo());
    await page.getByText('没有传上去。').waitFor();
    expect(api.state.photos.size).toBe(0);
    await page.unroute('**/api/tickets/2/photos**');
    await button('重试').click();
    await page.getByRole('img', { name: '处理前，李师傅' }).waitFor();
    await page
      .getByLabel('拍处理前的照片')
      .setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
    await page.getByText('这个文件不是能识别的照片。').waitFor();
    await button('不传了').click();
    await page.getByText('这个文件不是能识别的照片。').waitFor({ state: 'hidden' });
    expect(api.state.photos.size).toBe(1);
  });

  it('has what is finished confirmed by somebody else, or sent back with a reason', async () => {
    await as('property', '/tickets/7');
    await button('核验').click();
    const sheet = page.getByRole('dialog', { name: '核验' });
    await sheet.getByLabel('没有，重新处理').check();
    await sheet.getByRole('button', { name: '提交' }).click();
    await sheet.getByText('请写明理由。').waitFor();
    await sheet.getByLabel('说明').fill('插座仍然发热');
    await sheet.getByRole('button', { name: '提交' }).click();
    await page.getByText('核验未通过，重新处理').waitFor();
    expect(ticket(7)).toMatchObject({ status: 'in_progress' });
    await page.getByText('插座仍然发热').first().waitFor();
  });

  it('returns what came to the wrong company, with a reason', async () => {
    await as('property', '/tickets/1');
    await button('退回').click();
    const sheet = page.getByRole('dialog', { name: '退回' });
    await sheet.getByRole('button', { name: '退回' }).click();
    await sheet.getByText('请写几个字。').waitFor();
    await sheet.getByLabel('理由').fill('市政管网，不归我们');
    await sheet.getByRole('button', { name: '退回' }).click();
    await page.getByText('等待值班员派给物业公司。').waitFor();
    expect(ticket(1).timeline.at(-1)).toMatchObject({
      kind: 'returned',
      detail: { reason: '市政管网，不归我们' },
    });
  });

  it('asks for a pause that a desk approves', async () => {
    await as('property', '/tickets/2');
    await button('申请暂停').click();
    const sheet = page.getByRole('dialog', { name: '申请暂停' });
    await sheet.getByLabel('2天').check();
    await sheet.getByLabel('理由').fill('等接触器到货');
    await sheet.getByRole('button', { name: '提交申请' }).click();
    await until(() => ticket(2).request?.reason === '等接触器到货', { what: 'the request' });
    const wanted = (ticket(2).request?.until ?? 0) - Date.now();
    expect(Math.round(wanted / 3_600_000)).toBe(48);
    await page.context().clearCookies();
    await as('dispatcher', '/tickets/2');
    await page.getByText('等接触器到货').first().waitFor();
    await button('批准').click();
    await page.getByText('计时已暂停').waitFor();
  });

  it('is offered nothing that the service does not allow, and is told when it changed meanwhile', async () => {
    await as('repairer', '/tickets/1');
    await page.getByRole('heading', { level: 1, name: '疑似爆管' }).waitFor();
    expect(await page.getByRole('button', { name: /接单|派人|退回|升级/ }).count()).toBe(0);
    await page.context().clearCookies();
    await as('property', '/tickets/1');
    await button('接单').waitFor();
    ticket(1).status = 'finished';
    await button('接单').click();
    await page.getByText('这张工单现在不能这样操作').waitFor();
    await page.getByText('处理完毕，等待核验').first().waitFor();
  });

  it('lists plainly which deadlines passed', async () => {
    await as('dispatcher', '/tickets/3');
    const card = page.getByRole('region', { name: '超时记录（1）' });
    await card.getByText('没有按时接单 · 物业').waitFor();
    await card.getByText('滨湖物业').waitFor();
    await page.getByText('物业 → 社区').waitFor();
  });

  it('shows the readings around the fault in words, too', async () => {
    await as('property', '/tickets/1');
    const chart = page.getByRole('img', { name: /^水压: 最新 8\d.*kPa，最低 .*，最高 31\d/ });
    await chart.waitFor();
    await page.goto(`${api.url}/tickets/2`);
    await page.getByText('断路器位置').waitFor();
    await page.getByText('过载 · 跳闸').waitFor();
  });

  it('finds a place in the tree, by keyboard as well', async () => {
    await as('property', '/assets');
    await page.getByLabel('按名称、编号、地址找').fill('电梯');
    await page.getByRole('link', { name: '电梯断路器' }).waitFor();
    expect(await page.getByRole('link', { name: '10 号楼' }).count()).toBe(0);
    await page.getByLabel('按名称、编号、地址找').fill('');
    await button('全部收起').click();
    await page.getByRole('link', { name: '1 号楼' }).first().waitFor({ state: 'hidden' });
    await button('展开 湖滨花园').press('ArrowRight');
    await page.getByRole('link', { name: '10 号楼' }).waitFor();
    await button('收起 湖滨花园').press('ArrowLeft');
    await page.getByRole('link', { name: '10 号楼' }).waitFor({ state: 'hidden' });
  });

  it('switches a breaker in two steps and waits for what the breaker itself reports', async () => {
    await as('property', '/assets/523');
    await page.getByText('分闸（断开）').waitFor();
    await button('分合闸').click();
    await page.getByLabel('合闸（送电）').check();
    await button('下一步').click();
    await page.getByText('请写明理由。').waitFor();
    await page.getByRole('dialog').getByLabel('理由').fill('电梯检修完毕');
    await button('下一步').click();
    expect(api.state.downlinks).toEqual([]);
    await button('确认合闸').click();
    await page.getByText('已排队，等设备上线').waitFor();
    const [downlink] = api.state.downlinks;
    expect(downlink).toMatchObject({ kind: 'switch', on: true });
    Object.assign(downlink ?? {}, { state: 'sent', sentAt: Date.now() });
    await page.locator('[aria-current=step]').getByText('已发给设备，等它回报状态').waitFor();
    Object.assign(downlink ?? {}, { state: 'acknowledged', doneAt: Date.now() });
    await page.locator('[aria-current=step]').getByText('设备已确认').waitFor();
  });

  it('is told when a breaker did not answer', async () => {
    await as('property', '/assets/515');
    await button('分合闸').click();
    await page.getByLabel('分闸（断电）').check();
    await page.getByRole('dialog').getByLabel('理由').fill('更换母排');
    await button('下一步').click();
    await button('确认分闸').click();
    await page.getByText('已排队，等设备上线').waitFor();
    Object.assign(api.state.downlinks[0] ?? {}, { state: 'expired', doneAt: Date.now() });
    await page.getByText('设备没有回应，指令已作废').waitFor();
    await page.getByText('请到现场查看。').waitFor();
  });

  it('sees what needs a visit: lost gateways first, then what is silent or flat', async () => {
    await as('property', '/sensors');
    await page.getByText('码头新村网关').waitFor();
    const rows = await page.locator('main li').allTextContents();
    expect(rows.map((row) => row.slice(0, 4))).toEqual(['码头新村', '10 号', '消防立管', '水泵房漏']);
    expect(rows[0]).toContain('离线');
    expect(rows[3]).toContain('该换电池了');
  });

  it('costs a grid worker’s phone nothing', async () => {
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    await as('worker');
    await page.getByText('现在没有警情').waitFor();
    expect(
      loaded.filter(
        (url) => /\.js$/.test(url) && /ticket|property|chart|asset-/.test(url.split('/').pop() ?? ''),
      ),
    ).toEqual([]);
    expect(loaded.filter((url) => url.includes('/api/tickets'))).toEqual([]);
  });
});
