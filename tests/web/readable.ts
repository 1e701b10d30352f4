import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locale } from '../../src/api/schemas.ts';
import { until } from '../harness/until.ts';
import { zh } from './all-texts.ts';
import { browserProgram, buildPages, desktop, launchBrowser, openPage, phone, wall } from './browser.ts';
import { type MockApi, startMockApi } from './mock-api.ts';
import { assetViews } from './mock-assets.ts';
import { grids, PASSWORD, people } from './mock-data.ts';
import { outageView } from './mock-outage.ts';
import { rules, written } from './mock-rules.ts';
import type { ShownPage } from './page-list.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const narrow = { width: 320, height: 640 };
const keys = new Set(Object.keys(zh));
const isLong = process.env.LONG === '1';

interface AxeResult {
  violations: { id: string; nodes: { target: string[] }[] }[];
}

/** Findings of the WCAG 2.0 to 2.2 rules of levels A and AA, each with where it is. */
async function findings(page: Page, locale: Locale): Promise<string[]> {
  // Colours are the same in both languages, and take axe the longest.
  const rules = { 'color-contrast': { enabled: isLong || locale === 'zh-CN' } };
  return page.evaluate(async (rules) => {
    const { axe } = window as unknown as {
      axe: { run: (context: Document, options: object) => Promise<AxeResult> };
    };
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations } = await axe.run(document, { runOnly, rules, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
  }, rules);
}

/** Everything that is written or read out. */
async function textsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const texts: string[] = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) texts.push(walker.currentNode.textContent ?? '');
    for (const element of document.querySelectorAll('*')) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
        texts.push(element.getAttribute(name) ?? '');
    }
    return texts.map((text) => text.trim()).filter((text) => text !== '');
  });
}

/** How many pixels the page is wider than its window in this print, which it keeps. */
const sideways = (page: Page, print: string) =>
  page.evaluate((mode) => {
    document.documentElement.dataset.print = mode;
    return document.documentElement.scrollWidth - document.documentElement.clientWidth;
  }, print);

/** Chinese that an English page may hold: names and what people wrote. */
function chineseData(api: MockApi): string {
  return JSON.stringify(
    [api.state, assetViews(api.state), outageView(0), grids, people, rules, written, '中文', '茅圻'],
    (_key, value) => (value instanceof Map ? [...value] : value),
  );
}

function foreign(texts: readonly string[], data: string): string[] {
  return texts.flatMap((text) => text.match(/\p{Script=Han}+/gu) ?? []).filter((run) => !data.includes(run));
}

/** Short: only the board is shown on walls. What is wide enough for a desk is wide enough for the others. */
function viewportsOf(path: string) {
  return isLong || path.startsWith('/board') ? [phone, desktop, wall, narrow] : [phone, desktop, narrow];
}

/** In the long form axe looks at every page in every print and width, else once on a phone and once on a desk. */
function looksWith(axeAt: { locale: Locale; print: string; viewport: typeof phone }): boolean {
  const { locale, print, viewport } = axeAt;
  if (viewport === narrow) return false;
  // What axe looks at is the same in both languages; one look at the other is enough.
  if (locale === 'en') return print === 'normal' && viewport === phone;
  if (print === 'normal' && viewport !== wall) return true;
  return isLong;
}

/** What is wrong with a page in either print at any width: sideways scrolling, and what axe finds. */
async function faultsOf({ page, locale }: Visit, { path }: ShownPage): Promise<string[]> {
  await page.evaluate(axe);
  const found: string[] = [];
  for (const viewport of viewportsOf(path)) {
    await page.setViewportSize(viewport);
    for (const print of ['normal', 'large']) {
      const excess = await sideways(page, print);
      if (excess > 0) found.push(`${print} ${viewport.width}: ${excess} px sideways`);
      if (!looksWith({ locale, print, viewport })) continue;
      found.push(
        ...(await findings(page, locale)).map((finding) => `${print} ${viewport.width}: ${finding}`),
      );
    }
  }
  return found;
}

interface Visit {
  page: Page;
  asked: ReadonlySet<Request>;
  api: MockApi;
  locale: Locale;
}

interface Stage {
  /** Chinese pages in development, where React complains; English ones as they are shipped. */
  folders: Record<Locale, string>;
  browser: Browser;
  /** One window for each language: to open one takes as long as a look. */
  windows: Map<Locale, OpenWindow>;
}

interface OpenWindow {
  page: Page;
  /** What goes wrong inside it. */
  faults: string[];
  /** What it waits for. */
  asked: ReadonlySet<Request>;
}

async function windowOf({ browser, windows }: Stage, locale: Locale): Promise<OpenWindow> {
  const shown = windows.get(locale) ?? (await openWindow(browser, locale));
  windows.set(locale, shown);
  await shown.page.context().clearCookies();
  await shown.page.setViewportSize(phone);
  return shown;
}

async function openWindow(browser: Browser, locale: Locale): Promise<OpenWindow> {
  const opened = await openPage(browser, { locale: locale === 'en' ? 'en-GB' : 'zh-CN' });
  return { ...opened, asked: listen(opened.page) };
}

/** Opens a page in its state and looks at it. Its window is left only where nothing was wrong: a page left open slows the others. */
async function visit(stage: Stage, { shown, locale }: { shown: ShownPage; locale: Locale }): Promise<void> {
  const api = await startMockApi(stage.folders[locale]);
  const { page, faults, asked } = await windowOf(stage, locale);
  try {
    await reach({ page, api, locale, asked }, shown);
    await expectReadable({ page, api, locale, asked }, shown);
    await page.goto('about:blank');
    expect(faults).toEqual([]);
  } catch (error) {
    stage.windows.delete(locale);
    await page.context().close();
    throw error;
  } finally {
    await api.close();
  }
}

/** Logs in, goes there and waits until nothing is loaded any more. */
async function reach({ page, api, locale, asked }: Visit, shown: ShownPage): Promise<void> {
  shown.before?.(api);
  if (shown.login) {
    for (const me of api.state.mes) me.locale = locale;
    const data = { login: shown.login, password: PASSWORD };
    await page.request.post(`${api.url}/api/session`, { data });
  }
  await page.goto(`${api.url}${shown.path}`);
  await page.locator('main').first().waitFor({ state: 'attached' });
  await untilLoaded(page, asked);
  await shown.after?.(page);
  await page.locator('.breathe.bg-sunken').first().waitFor({ state: 'hidden' });
}

/** What the page asked for has come, and three times in a row it had nothing to do and asked for no more. */
async function untilLoaded(page: Page, asked: ReadonlySet<Request>): Promise<void> {
  for (let calm = 0; calm < 3; calm += 1) {
    await until(() => asked.size === 0, { what: 'the page to be loaded' });
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    await page.waitForTimeout(40);
    if (asked.size > 0) calm = -1;
  }
}

/** What the page waits for, kept up to date; the stream of changes never ends. */
function listen(page: Page): ReadonlySet<Request> {
  const asked = new Set<Request>();
  page.on('request', (request) => {
    if (request.resourceType() !== 'eventsource') asked.add(request);
  });
  for (const event of ['requestfinished', 'requestfailed'] as const) {
    page.on(event as 'requestfailed', (request) => asked.delete(request));
  }
  return asked;
}

async function expectReadable(visit: Visit, shown: ShownPage): Promise<void> {
  const { page, api, locale } = visit;
  const texts = await textsOf(page);
  expect(texts.filter((text) => keys.has(text))).toEqual([]);
  if (locale === 'en') expect(foreign(texts, chineseData(api))).toEqual([]);
  expect(await faultsOf(visit, shown)).toEqual([]);
}

/** Tests that each of these pages can be read by everybody, on every screen, in both languages. */
export function testReadable(whose: string, shownPages: readonly ShownPage[]): void {
  describe.skipIf(!browserProgram.path)(`${whose} ${browserProgram.reason}`, () => {
    let stage: Stage | undefined;

    beforeAll(async () => {
      const folders = { 'zh-CN': await buildPages('development'), en: await buildPages() };
      stage = { folders, browser: await launchBrowser(), windows: new Map() };
    });
    afterAll(() => stage?.browser.close());

    const cases = shownPages.flatMap((shown) =>
      (['zh-CN', 'en'] as const).map((locale) => ({ title: `${shown.name}, ${locale}`, shown, locale })),
    );
    it.each(cases)(
      '$title: readable by everybody, on every screen',
      (one) => visit(stage as Stage, one),
      90_000,
    );
  });
}
