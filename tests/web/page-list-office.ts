import type { Page } from 'playwright-core';
import type { MockApi } from './mock-api.ts';
import { settleNeighbourhood } from './mock-neighbourhood.ts';
import type { ShownPage } from './page-list.ts';

/** The pages of desks and of the administrator. */

const pressMany = (api: MockApi) => {
  api.press({ agoMs: 52_000 });
  api.press({ subjectId: 103, kind: 'fall', agoMs: 400_000, late: true });
  api.press({ subjectId: null, agoMs: 20_000 });
};
const calm = (api: MockApi) => {
  api.state.tickets.splice(0);
};
const crowded = (api: MockApi) => {
  settleNeighbourhood(api.state);
  pressMany(api);
};
const open =
  (name: RegExp, role: 'button' | 'link' = 'button') =>
  (page: Page) =>
    page.getByRole(role, { name }).first().click();
const importOf = (text: string) => async (page: Page) => {
  await open(/^(导入|Import)$/)(page);
  await page.getByRole('textbox').last().fill(text);
  await page.getByRole('button', { name: /先检查|Check first/ }).click();
  await page
    .getByText(/第 \d|Line \d|Feature \d/)
    .first()
    .waitFor();
};
const openDiff = async (page: Page) => {
  await open(/^(版本|Versions)$/)(page);
  await open(/^(看改了什么|What changed)$/)(page);
};
/** A heap comes apart on a closer look until what is left stands at one place. */
const openHeap = async (page: Page) => {
  const card = page.getByRole('heading', { level: 3, name: /这里有|Here/ });
  for (let looks = 0; looks < 5 && !(await card.isVisible()); looks += 1) {
    await open(/个在一起|at one place/)(page);
    await card.waitFor({ timeout: 1_000 }).catch(() => undefined);
  }
  await card.waitFor();
};
const drawGrid = async (page: Page) => {
  await open(/^(画一个网格|Draw a grid)$/)(page);
  const field = page.getByRole('textbox', { name: /坐标|Coordinates/ });
  await field.fill('30.386, 114.872\n30.390, 114.872\n30.390, 114.878\n30.386, 114.878');
};
const gateway = async (page: Page) => {
  await open(/^(登记网关|Register a gateway)$/)(page);
  await page.getByRole('dialog').getByRole('textbox').first().fill('binhu-gw-10');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^(登记|Register)$/ })
    .click();
  await page.getByText('base_topic').waitFor();
};

export const officePages: readonly ShownPage[] = [
  { name: 'board, calm', login: 'dispatcher', path: '/board', before: calm },
  { name: 'board', login: 'dispatcher', path: '/board', before: pressMany },
  { name: 'board, crowded', login: 'dispatcher', path: '/board', before: crowded },
  { name: 'board, a heap', login: 'dispatcher', path: '/board', after: openHeap },
  { name: 'board, chosen', login: 'dispatcher', path: '/board/1', before: pressMany },
  { name: 'board, ticket', login: 'dispatcher', path: '/board/tickets/3', before: pressMany },
  { name: 'devices', login: 'admin', path: '/admin/devices' },
  {
    name: 'new device',
    login: 'admin',
    path: '/admin/devices',
    after: open(/^(登记设备|Register a device)$/),
  },
  { name: 'new gateway', login: 'admin', path: '/admin/devices', after: gateway },
  {
    name: 'adopt a gateway',
    login: 'admin',
    path: '/admin/devices',
    after: open(/^(登记网关和全部设备|Register the gateway and all behind it)$/),
  },
  { name: 'device', login: 'admin', path: '/admin/devices', after: open(/总断路器/) },
  { name: 'wearers', login: 'admin', path: '/admin/wearers' },
  {
    name: 'new relative',
    login: 'admin',
    path: '/admin/wearers',
    after: open(/^(添加家属|Add a relative)/),
  },
  {
    name: 'buildings',
    login: 'admin',
    path: '/admin/assets',
    after: open(/(展开或收起|Open or fold) 湖滨花园/),
  },
  { name: 'new asset', login: 'admin', path: '/admin/assets', after: open(/^(加下级|Add below)/) },
  { name: 'import, faults', login: 'admin', path: '/admin/assets', after: importOf('code,kind\na,pipe\n') },
  { name: 'companies', login: 'admin', path: '/admin/companies' },
  { name: 'company hours', login: 'admin', path: '/admin/companies', after: open(/^(加一班|Add a shift)$/) },
  { name: 'accounts', login: 'admin', path: '/admin/accounts' },
  { name: 'new account', login: 'admin', path: '/admin/accounts', after: open(/^(新建账号|New account)$/) },
  { name: 'rosters', login: 'admin', path: '/admin/rosters' },
  { name: 'grids', login: 'admin', path: '/admin/grids', after: open(/泽林街道/) },
  { name: 'grid, drawn', login: 'admin', path: '/admin/grids', after: drawGrid },
  {
    name: 'import of grids',
    login: 'admin',
    path: '/admin/grids',
    after: importOf('{"type":"FeatureCollection"}'),
  },
  { name: 'rules', login: 'admin', path: '/admin/rules' },
  {
    name: 'rule, checked',
    login: 'admin',
    path: '/admin/rules/water_leak',
    after: open(/^(检查|Check and)/),
  },
  {
    name: 'rule, on trial',
    login: 'admin',
    path: '/admin/rules/water_leak',
    after: open(/^(试运行|Trial)$/),
  },
  { name: 'rule, versions', login: 'admin', path: '/admin/rules/water_leak', after: openDiff },
  {
    name: 'alarm quality',
    login: 'admin',
    path: '/admin/alarm-quality',
    after: open(/^(核实|Say what it was)/),
  },
  { name: 'uplinks', login: 'admin', path: '/admin/uplinks' },
  { name: 'health', login: 'admin', path: '/admin/health' },
];
