import type { Page } from 'playwright-core';
import type { MockApi } from './mock-api.ts';
import { raiseOutage } from './mock-outage.ts';
import { propertyPages } from './page-list-property.ts';

/** A page in one of its states, and how to get there. */
export interface ShownPage {
  name: string;
  /** Undefined: nobody is logged in. */
  login?: string;
  path: string;
  /** Before it is opened. */
  before?: (api: MockApi) => void;
  /** Once it is open; texts may be in either language. */
  after?: (page: Page) => Promise<void>;
}

const press = (api: MockApi) => {
  api.press({ agoMs: 52_000 });
};
const resolved = (api: MockApi) => {
  press(api);
  Object.assign(api.state.incidents[0] ?? {}, {
    status: 'resolved',
    outcome: 'helped',
    note: '起身时滑倒，无外伤',
    resolvedAt: Date.now(),
    owner: { id: 1, name: '周海生', phone: null },
  });
};
const owned = (api: MockApi) => {
  press(api);
  Object.assign(api.state.incidents[0] ?? {}, {
    status: 'on_scene',
    owner: { id: 1, name: '周海生', phone: null },
    nextStepAt: null,
  });
};
const outage = (api: MockApi) => {
  api.state.incidents.push(raiseOutage(1, Date.now()));
};
const open = (name: RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();
const register = async (page: Page) => {
  await page.getByRole('textbox').fill('861200000001077');
  await page.getByRole('button', { name: /下一步|Next/ }).click();
};

export const shownPages: readonly ShownPage[] = [
  { name: 'login', path: '/' },
  { name: 'responder, calm', login: 'worker', path: '/alerts' },
  { name: 'responder, after an incident', login: 'worker', path: '/alerts', before: resolved },
  { name: 'ring', login: 'worker', path: '/alerts', before: press },
  { name: 'incident, ringing', login: 'worker', path: '/incidents/1', before: press },
  { name: 'incident, on scene', login: 'worker', path: '/incidents/1', before: owned },
  { name: 'incident, many silent devices', login: 'worker', path: '/incidents/1', before: outage },
  {
    name: 'resolve',
    login: 'worker',
    path: '/incidents/1',
    before: owned,
    after: open(/^(处置完毕|Resolve)$/),
  },
  {
    name: 'help',
    login: 'worker',
    path: '/incidents/1',
    before: owned,
    after: open(/^(请求支援|Need help|支援|Help)$/),
  },
  {
    name: 'hand over',
    login: 'worker',
    path: '/incidents/1',
    before: owned,
    after: open(/^(移交他人|Hand over)$/),
  },
  { name: 'family', login: 'family', path: '/family' },
  { name: 'family, alert', login: 'family', path: '/incidents/1', before: press },
  { name: 'wearer', login: 'family', path: '/family/101' },
  {
    name: 'wearer, whom her band calls',
    login: 'family',
    path: '/family/101',
    after: async (page) => {
      await page.getByText(/^(更多操作和设置|More, and settings)$/).click();
      await page.getByRole('button', { name: /^(求助电话|SOS numbers)$/ }).click();
      await page.getByRole('button', { name: /^(发给手环|Send to the band)$/ }).click();
    },
  },
  { name: 'edit wearer', login: 'family', path: '/family/101/edit' },
  { name: 'family without a band', login: 'newcomer', path: '/family' },
  { name: 'register, band', login: 'newcomer', path: '/register' },
  { name: 'register, wearer', login: 'newcomer', path: '/register', after: register },
  ...propertyPages,
  { name: 'account', login: 'worker', path: '/account' },
  { name: 'no such page', login: 'admin', path: '/nowhere' },
];
