import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserProgram, buildPages, desktop, launchBrowser, openPage } from './browser.ts';
import { type MockApi, startMockApi } from './mock-api.ts';
import { PASSWORD } from './mock-data.ts';
import { ruleBookOf } from './mock-rules.ts';
import { signIn } from './stories.ts';

describe.skipIf(!browserProgram.path)(`the pages of rules ${browserProgram.reason}`, () => {
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
  const as = (login: string) =>
    signIn({ page, baseUrl: api.url, credentials: { login, password: PASSWORD } });
  const open = (path: string) => page.goto(`${api.url}/${path}`);
  const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
  const body = () => page.getByLabel('规则', { exact: true });

  it('say on the board and on the list which file is faulty, and what each rule leads to', async () => {
    await as('dispatcher');
    await open('board');
    await page.getByText('有 1 处规则没能采用').waitFor();
    await page.getByRole('link', { name: '到规则页面查看' }).click();
    await page.getByText('gas.yaml:9').waitFor();
    const rule = page.getByRole('link', { name: /漏水/ });
    expect(await rule.textContent()).toContain('工单，派给物业限时处理');
    await page.getByRole('searchbox', { name: '按名称或内容找' }).fill('battery');
    expect(await rule.count()).toBe(0);
  });

  it('show a desk the text of a rule, which only an admin may change', async () => {
    await as('dispatcher');
    await open('admin/rules/water_leak');
    await page.getByText('severity: critical').first().waitFor();
    expect(await page.getByRole('textbox').count()).toBe(0);
    expect(await page.getByRole('button', { name: '停用这条规则' }).count()).toBe(0);
  });

  it('lead from a fault to its line, and show what a failing test expected', async () => {
    await as('admin');
    await open('admin/rules/water_leak');
    await body().fill('name: water_leak\nseverity: deadly\n');
    await press('检查并运行测试');
    await press(/第 2 行/);
    const caret = await body().evaluate((field: HTMLTextAreaElement) => [
      document.activeElement === field,
      field.selectionStart,
    ]);
    expect(caret).toEqual([true, 'name: water_leak\n'.length + 10]);
    await body().fill('name: water_leak\nseverity: warning\n');
    await press('检查并运行测试');
    await page.getByText('1 个测试没有通过').waitFor();
    await page.getByText('10 s, firing').waitFor();
  });

  it('keep what was written when somebody else was faster, and save it after him if that is wanted', async () => {
    await as('admin');
    await open('admin/rules/water_leak');
    await body().fill('name: water_leak\nseverity: info\n');
    Object.assign(ruleBookOf(api.state), { basedOn: 3, author: '李强', body: 'name: water_leak\n' });
    await page.getByLabel('为什么改').fill('夜里误报太多');
    await press('保存并生效');
    await page.getByText('李强刚刚保存了第 3 版').waitFor();
    expect(await body().inputValue()).toContain('severity: info');
    await press('在新版本之后仍保存我的');
    await press('保存并生效');
    await page.getByText('已保存，第 4 版已生效').waitFor();
    expect(ruleBookOf(api.state)).toMatchObject({
      body: 'name: water_leak\nseverity: info\n',
      notes: ['夜里误报太多'],
    });
  });

  it('compare a version on trial with the one in force, and versions with each other', async () => {
    await as('admin');
    await open('admin/rules/water_leak');
    await press(/^试运行$/);
    expect(await page.getByText('只有试运行报').count()).toBeGreaterThan(1);
    await press(/^版本$/);
    await press('看改了什么');
    await page.getByText('+ severity: warning').waitFor();
  });

  it('tell why a rule raised an alarm, from the ticket that it became and for any moment', async () => {
    await as('dispatcher');
    await open('tickets/3');
    await press('看是怎么判断的');
    await page.getByText('在报警，始于').waitFor();
    await page.getByText('起决定作用的读数').waitFor();
    await page.getByRole('link', { name: '打开这条规则' }).click();
    await press(/^为什么$/);
    await press('说明');
    await page.getByText('请选择设备，并填写时间').waitFor();
    await page.getByLabel('设备').selectOption({ index: 1 });
    await press('说明');
    await page.getByText('此后: 2026-11-22 11:20:00 解除').waitFor();
  });
});
