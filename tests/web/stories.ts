import type { Page } from 'playwright-core';

/**
 * What people do with the pages, step by step, in Chinese. Each story takes any service: the stand-in of these tests or the real one;
 * it throws where a step does not come about.
 */
export interface Stage {
  page: Page;
  baseUrl: string;
  credentials: { login: string; password: string };
}

const FIND_MS = 20_000;

export async function signIn({ page, baseUrl, credentials }: Stage): Promise<void> {
  await page.goto(baseUrl);
  await page.getByLabel('账号').fill(credentials.login);
  await page.getByLabel('密码', { exact: true }).fill(credentials.password);
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('navigation').first().waitFor();
}

/** The full-screen ring for this wearer. */
export async function seeRing(page: Page, who: string): Promise<void> {
  await page.getByRole('dialog', { name: who }).waitFor({ timeout: FIND_MS });
}

/** Grid worker: hears the ring, takes the incident, goes, arrives, helps. Needs a session and an SOS on its way. */
export async function rescue(page: Page, { who, note }: { who: string; note: string }): Promise<void> {
  await seeRing(page, who);
  await takeFromRing(page);
  await page.getByRole('heading', { level: 1, name: who }).waitFor();
  await page.getByRole('button', { name: '出发 · 10 分钟' }).click();
  await page.getByRole('button', { name: '我到现场了' }).click();
  await page.getByRole('button', { name: '处置完毕' }).click();
  const dialog = page.getByRole('dialog', { name: '处置完毕' });
  await dialog.getByLabel('已帮助').check();
  await dialog.getByLabel('发生了什么').fill(note);
  await dialog.getByRole('button', { name: '提交' }).click();
  await page.getByText(note).first().waitFor();
  await page.locator('header').getByText('已处置').first().waitFor();
}

/** Presses "I have it" until the ring has gone: the screen ignores touches of its first half second. */
export async function takeFromRing(page: Page): Promise<void> {
  const take = page.getByRole('dialog').getByRole('button', { name: '我来处理' });
  for (let tries = 0; tries < 20 && (await take.isVisible()); tries += 1) {
    await take.click({ timeout: 2_000 }).catch(() => undefined);
    await page
      .getByRole('dialog')
      .waitFor({ state: 'hidden', timeout: 700 })
      .catch(() => undefined);
  }
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

export interface Registration {
  imei: string;
  name: string;
  relation: '女儿' | '儿子' | '配偶' | '孙辈' | '父母' | '照护人';
}

/** Family: the first three steps of a registration. Needs a session. */
export async function beginRegistration(page: Page, baseUrl: string, wearer: Registration): Promise<void> {
  await page.goto(`${baseUrl}/register`);
  await page.getByRole('textbox', { name: 'IMEI 号或设备编号' }).fill(wearer.imei);
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByLabel(wearer.relation, { exact: true }).check();
  await page.getByLabel('姓名').fill(wearer.name);
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByRole('heading', { name: '证明手环在您手里' }).waitFor();
}

/** The proof by a press of the band; `press` presses it. */
export async function provePress(page: Page, press: () => Promise<void> | void): Promise<void> {
  await page.getByRole('button', { name: '按一下求助键' }).click();
  await page.getByText('正在等待手环…').waitFor();
  await press();
  await page.getByText('绑定成功').waitFor({ timeout: FIND_MS });
}

/** The proof by the six digits on its screen. */
export async function proveCode(page: Page, code: string): Promise<void> {
  await page.getByRole('button', { name: '看手环屏幕上的数字' }).click();
  await page.getByLabel('6 位数字').fill(code);
  await page.getByRole('button', { name: '确定' }).click();
  await page.getByText('绑定成功').waitFor({ timeout: FIND_MS });
}

/** Family: opens the wearer from the list and sees how she is. Answers what the page says of her. */
export async function seeWearer(page: Page, baseUrl: string, name: string): Promise<string> {
  await page.goto(`${baseUrl}/family`);
  await page.getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.getByRole('heading', { name: '谁能看到' }).waitFor();
  return (await page.locator('main').textContent()) ?? '';
}

/** Desk: opens an incident from the board and takes it from who has it. */
export async function takeOver(page: Page, baseUrl: string, who: string): Promise<void> {
  await page.goto(`${baseUrl}/board`);
  await page.getByRole('link', { name: who }).first().click();
  await page.getByRole('button', { name: '由我接管' }).click();
  await page.getByText('已由您接管').waitFor();
}

/** Counts the tones that the page plays. */
export const countTones = () => {
  const counter = window as unknown as { tones: number };
  counter.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    counter.tones += 1;
    start.call(this, when);
  };
};
export const tonesOf = (page: Page): Promise<number> =>
  page.evaluate(() => (window as unknown as { tones: number }).tones);
