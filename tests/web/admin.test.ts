import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { browserProgram, buildPages, desktop, launchBrowser, openPage } from './browser.ts';
import { officeOf } from './mock-admin.ts';
import { type MockApi, startMockApi } from './mock-api.ts';
import { PASSWORD } from './mock-data.ts';
import { qrPhoto } from './png.ts';
import { signIn } from './stories.ts';

describe.skipIf(!browserProgram.path)(`an administrator ${browserProgram.reason}`, () => {
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
    await signIn({ page, baseUrl: api.url, credentials: { login: 'admin', password: PASSWORD } });
  });
  afterEach(async () => {
    await page.context().close();
    await api.close();
    expect(faults).toEqual([]);
  });
  const open = (path: string) => page.goto(`${api.url}/admin/${path}`);
  const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
  const dialog = () => page.getByRole('dialog');

  it('draws a grid by pressing its corners, takes one back, moves one by keyboard and saves it', async () => {
    await open('grids');
    await press('画一个网格');
    const map = page.getByRole('group', { name: /正在画的网格/ });
    const box = await map.boundingBox();
    if (!box) throw new Error('no map');
    const corners: [number, number][] = [
      [0.2, 0.2],
      [0.5, 0.2],
      [0.5, 0.5],
      [0.2, 0.5],
      [0.1, 0.8],
    ];
    for (const [x, y] of corners) await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    await page.getByText('5 个角', { exact: true }).waitFor();
    await press('撤销一步');
    await page.getByText('4 个角', { exact: true }).waitFor();
    const field = page.getByLabel('坐标（纬度, 经度）');
    const before = (await field.inputValue()).split('\n');
    await page.getByRole('button', { name: '第 1 个角' }).focus();
    await page.keyboard.press('ArrowUp');
    const after = (await field.inputValue()).split('\n');
    expect(after.slice(1)).toEqual(before.slice(1));
    expect(Number(after[0]?.split(',')[0])).toBeGreaterThan(Number(before[0]?.split(',')[0]));
    await page.getByLabel('名称').fill('滨湖一网格');
    await page.getByLabel('编码').fill('EZ-BH-01');
    await press('保存');
    await until(() => officeOf(api.state).grids.some((grid) => grid.code === 'EZ-BH-01'), {
      what: 'the grid',
    });
    const grid = officeOf(api.state).grids.at(-1);
    expect(grid).toMatchObject({ level: 'grid', parentId: 3, polygon: { type: 'Polygon' } });
    expect(grid?.polygon.coordinates[0]).toHaveLength(5);
  });

  it('draws a grid by coordinates alone, and is told which line is none', async () => {
    await open('grids');
    await press('画一个网格');
    const field = page.getByLabel('坐标（纬度, 经度）');
    await field.fill('30.386, 114.872\n30.390, nowhere');
    await page.getByText('第 2 行不是').waitFor();
    await page.getByLabel('名称').fill('文字网格');
    await page.getByLabel('编码').fill('TXT');
    await field.fill('30.386, 114.872\n30.390, 114.872');
    await press('保存');
    await page.getByText('至少要三个角').waitFor();
    await field.fill('30.386, 114.872\n30.390，114.872\n30.390 114.878');
    await press('保存');
    await until(() => officeOf(api.state).grids.at(-1)?.code === 'TXT', { what: 'the grid' });
    expect(officeOf(api.state).grids.at(-1)?.polygon.coordinates).toEqual([
      [
        [114.872, 30.386],
        [114.872, 30.39],
        [114.878, 30.39],
        [114.872, 30.386],
      ],
    ]);
  });

  it('says who sits at a desk, and why a grid cannot be removed', async () => {
    await open('grids');
    await press(/泽林街道/);
    await press('调整人员');
    await dialog().getByLabel('刘建国').uncheck();
    await dialog().getByRole('button', { name: '保存' }).click();
    await page.getByText('还没有人').waitFor();
    await press('删除这个网格');
    await dialog().getByRole('button', { name: '删除这个网格' }).click();
    await dialog().getByText('这个网格下面还有内容').waitFor();
  });

  it('looks an import through before writing it, and sees each fault with its line', async () => {
    await open('assets');
    await press('导入');
    await dialog()
      .getByLabel('选择文件')
      .setInputFiles({
        name: 'assets.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('code,kind,name\nA,estate,甲\nB,building,乙\nC,水管子,丙\n'),
      });
    await dialog().getByText('没有“水管子”这种设施').waitFor();
    expect(await dialog().getByText('第 4 行').count()).toBe(2);
    const { imports } = officeOf(api.state);
    expect(imports).toMatchObject([{ target: 'assets', type: 'csv', dryRun: true }]);
    await dialog().getByRole('button', { name: '写入 2 条' }).click();
    await dialog().getByText('已写入').waitFor();
    expect(imports.map((one) => one.dryRun)).toEqual([true, false]);
    expect(imports[1]?.text).toBe(imports[0]?.text);
  });

  it('registers a gateway and is given a configuration that Zigbee2MQTT takes', async () => {
    await open('devices');
    await press('登记网关');
    await dialog().getByLabel('设备编号').fill('binhu-gw-10');
    await dialog().getByLabel('安装在').selectOption({ label: '码头新村' });
    await dialog().getByRole('button', { name: '登记', exact: true }).click();
    const config = dialog().locator('pre', { hasText: 'base_topic' });
    await config.waitFor();
    const text = await config.textContent();
    for (const line of [
      "user: 'binhu-gw-10'",
      "password: 'Kq3v-9sT2-x1Lw'",
      "base_topic: 'zigbee2mqtt/binhu-gw-10'",
    ]) {
      expect(text).toContain(line);
    }
    expect(officeOf(api.state).calls.at(-1)?.body).toMatchObject({ protocol: 'zigbee2mqtt', assetId: 601 });
  });

  it('registers a wristband by the code on its box and says where to point it', async () => {
    await open('devices');
    await press('登记设备');
    await dialog().getByLabel('型号').fill('Vivistar CARE');
    await dialog().getByText('血氧').waitFor();
    await dialog().getByRole('button', { name: '扫码' }).click();
    const picture = { name: 'box.png', mimeType: 'image/png', buffer: qrPhoto() };
    await page.getByLabel('拍照或选一张照片').setInputFiles(picture);
    await until(async () => (await dialog().getByLabel('设备编号').inputValue()) === '861234567890127', {
      what: 'the number of the code',
    });
    await dialog().getByRole('button', { name: '登记', exact: true }).click();
    await dialog().getByText('TCP 127.0.0.1:5010').waitFor();
    expect(officeOf(api.state).calls.at(-1)?.body).toEqual({
      protocol: 'iw',
      nativeId: '861234567890127',
      model: 'CARE',
      vendor: 'Vivistar',
    });
  });

  it('asks for the language, and once whether an IMEI was mistyped', async () => {
    await open('devices');
    const before = officeOf(api.state).calls.length;
    const register = () => dialog().getByRole('button', { name: '登记', exact: true }).click();
    await press('登记设备');
    await dialog().getByLabel('设备编号').fill('861234567890128');
    await register();
    await dialog().getByText('请选型号或协议').waitFor();
    await dialog().getByLabel('协议').selectOption('iw');
    await register();
    await dialog().getByText('校验位不符').waitFor();
    expect(
      officeOf(api.state)
        .calls.slice(before)
        .filter(({ body }) => 'nativeId' in body),
    ).toEqual([]);
    await register();
    await dialog().getByText('TCP 127.0.0.1:5010').waitFor();
  });

  it('registers everything that was heard behind a gateway at once', async () => {
    await open('devices');
    await page.getByText('下面有 3 个设备').waitFor();
    await page.getByText('看看是哪些').click();
    await page.getByText('cellar 2').waitFor();
    await press('登记网关和全部设备');
    await dialog().getByRole('button', { name: '登记网关和全部设备' }).click();
    await dialog().getByText('已登记 3 个设备').waitFor();
    await dialog().getByText("base_topic: 'zigbee2mqtt/binhu-gw-09'").waitFor();
  });

  it('binds a device to an asset and looks at what is behind a gateway', async () => {
    await open('devices');
    await page.getByRole('button', { name: /^网关 2/ }).click();
    await press(/湖滨花园网关/);
    await dialog()
      .getByRole('button', { name: /水泵房漏水/ })
      .click();
    await dialog().getByLabel('安装在').selectOption({ label: '　　生活给水主管' });
    await dialog().getByRole('button', { name: '保存' }).click();
    await until(() => officeOf(api.state).calls.at(-1)?.body.assetId === 512, { what: 'the binding' });
  });

  it('gives a band that an import brought to a wearer', async () => {
    const { id: wearer, name } = api.state.subjects.find(({ device }) => !device) ?? { id: 0, name: '' };
    const band = api.state.devices.find(({ asset, topicPrefix }) => !asset && topicPrefix === null);
    Object.assign(band ?? {}, { subject: null, name: '新手环' });
    await open('devices');
    await press(/新手环/);
    await dialog().getByLabel('佩戴人').selectOption({ label: name });
    await dialog().getByRole('button', { name: '保存' }).click();
    await until(() => officeOf(api.state).calls.at(-1)?.body.subjectId === wearer, { what: 'the wearer' });
  });

  it('founds a company, makes somebody work there and says when', async () => {
    await open('companies');
    await press('新建公司');
    await dialog().getByLabel('公司名称').fill('码头物业');
    await dialog().getByLabel('编码').fill('MTWY');
    await dialog().getByRole('button', { name: '保存' }).click();
    const card = page.locator('section', { has: page.getByRole('heading', { name: '码头物业' }) }).first();
    await card.getByText('工单会直接送到社区').waitFor();
    await card.getByRole('button', { name: '添加人员' }).click();
    await dialog().getByLabel('经理').check();
    await dialog().getByRole('button', { name: '保存' }).click();
    await card.getByRole('button', { name: '加一班' }).click();
    await dialog().getByLabel('星期六').check();
    await dialog().getByRole('button', { name: '保存' }).click();
    await until(() => api.state.companies.at(-1)?.shifts.length === 6, { what: 'the shifts' });
    expect(api.state.companies.at(-1)?.members).toMatchObject([{ duty: 'manager' }]);
    expect(api.state.companies.at(-1)?.shifts.map((shift) => shift.weekday)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('lets a relative see a wearer, and no more', async () => {
    await open('wearers');
    const relatives = page.getByRole('region', { name: '李德福 的家属' });
    await relatives.getByRole('button', { name: /添加家属/ }).click();
    await dialog().getByLabel('家属的账号').fill('nobody');
    await dialog().getByRole('button', { name: '添加家属' }).click();
    await dialog().getByText('没有这个账号').waitFor();
    await dialog().getByLabel('家属的账号').fill('newcomer');
    await dialog().getByLabel('与佩戴人的关系').selectOption('儿子');
    await dialog().getByRole('button', { name: '添加家属' }).click();
    await relatives.getByText('张伟 · 儿子').waitFor();
    await relatives.getByRole('button', { name: '移除 张伟' }).click();
    await dialog().getByRole('button', { name: '移除 张伟' }).click();
    await relatives.getByText('还没有家属').waitFor();
  });

  it('adds a breaker below a panel and says who may switch it', async () => {
    await open('assets');
    await page.getByLabel('搜索').fill('一层配电箱');
    await press('加下级 一层配电箱');
    await dialog().getByLabel('种类').selectOption({ label: '断路器' });
    await dialog().getByLabel('名称').fill('照明断路器');
    await dialog().getByLabel('编号').fill('BH-1-L');
    await dialog().getByLabel('位置').fill('here');
    await dialog().getByLabel('允许有权限的人操作').check();
    await dialog().getByRole('button', { name: '保存' }).click();
    await dialog().getByText('位置要写成').waitFor();
    await dialog().getByLabel('位置').fill('30.3921, 114.8893');
    await dialog().getByRole('button', { name: '保存' }).click();
    await until(() => officeOf(api.state).calls.at(-1)?.route === 'POST assets', { what: 'the asset' });
    expect(officeOf(api.state).calls.at(-1)?.body).toMatchObject({
      kind: 'breaker',
      parentId: 514,
      latitude: 30.3921,
      remoteSwitch: 'manual',
      companyId: null,
    });
  });

  it('reads how good the alarms are, and says what one was that nobody looked into', async () => {
    await open('alarm-quality');
    const headline = page.getByRole('list', { name: '主要指标' });
    await headline.getByText('14').waitFor();
    expect(await headline.getByText('不达标').count()).toBeGreaterThan(0);
    await press('规则');
    await page.getByRole('row', { name: /血氧过低/ }).waitFor();
    const csv = await page.getByRole('link', { name: '下载表格（CSV）' }).getAttribute('href');
    expect(csv).toMatch(/^\/api\/reports\/alarm-quality\.csv\?from=\d+&to=\d+&table=rules$/);
    await page.getByRole('combobox', { name: '人员' }).selectOption('王芳');
    await page.getByRole('combobox', { name: '规则' }).selectOption('血氧过低');
    await headline.getByText('7', { exact: true }).waitFor();
    await press(/^核实 W-1093/);
    await press('设备故障或误报');
    await until(() => api.state.findings.length > 0, { what: 'the finding' });
    expect(api.state.findings).toEqual([{ id: 77, finding: 'device_fault' }]);
    await page.getByText('请核实这些报警').waitFor({ state: 'detached' });
  });

  it('sees which part of the service fails', async () => {
    await open('health');
    await page.getByText('ECONNREFUSED').waitFor();
    await page.getByText('milesight/em500-swl.yaml:4').waitFor();
    await page.getByText('1,240').waitFor();
  });
});
