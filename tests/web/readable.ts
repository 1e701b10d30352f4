import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locale } from '../../src/api/schemas.ts';
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

interface AxeResult {
  violations: { id: string; nodes: { target: string[] }[] }[];
}

/** Findings of the WCAG 2.0 to 2.2 rules of levels A and AA, each with where it is. */
async function findings(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run: (context: Document, options: object) => Promise<AxeResult> };
    };
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations } = await axe.run(document, { runOnly });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
  });
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

const sideways = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

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

/** In the long form axe looks at every page in every print and width, else once on a phone and once on a desk. */
const isLong = process.env.LONG === '1';

function looksWith(axeAt: { locale: Locale; print: string; viewport: typeof phone }): boolean {
  const { locale, print, viewport } = axeAt;
  if (viewport === narrow) return false;
  // What axe looks at is the same in both languages; one look at the other is enough.
  if (locale === 'en') return print === 'normal' && viewport === phone;
  if (print === 'normal' && viewport !== wall) return true;
  return isLong;
}

/** What is wrong with a page in either print at any width: sideways scrolling, and what axe finds. */
async function faultsOf(page: Page, locale: Locale): Promise<string[]> {
  await page.evaluate(axe);
  const found: string[] = [];
  for (const print of ['normal', 'large']) {
    await page.evaluate((mode) => {
      document.documentElement.dataset.print = mode;
    }, print);
    for (const viewport of [phone, desktop, wall, narrow]) {
      await page.setViewportSize(viewport);
      const excess = await sideways(page);
      if (excess > 0) found.push(`${print} ${viewport.width}: ${excess} px sideways`);
      if (!looksWith({ locale, print, viewport })) continue;
      found.push(...(await findings(page)).map((finding) => `${print} ${viewport.width}: ${finding}`));
    }
  }
  return found;
}

interface Visit {
  page: Page;
  api: MockApi;
  locale: Locale;
}

/** Opens a page in its state and looks at it. It is closed even where that fails: left open, it would slow the others. */
async function visit(
  { browser, folder }: { browser: Browser; folder: string },
  { shown, locale }: { shown: ShownPage; locale: Locale },
  look: (visit: Visit) => Promise<void>,
): Promise<void> {
  const api = await startMockApi(folder);
  const { page, faults } = await openPage(browser, { locale: locale === 'en' ? 'en-GB' : 'zh-CN' });
  try {
    await reach({ page, api, locale }, shown);
    await look({ page, api, locale });
  } finally {
    await page.context().close();
    await api.close();
  }
  expect(faults).toEqual([]);
}

/** Logs in, goes there and waits until nothing is loaded any more. */
async function reach({ page, api, locale }: Visit, shown: ShownPage): Promise<void> {
  shown.before?.(api);
  if (shown.login) {
    for (const me of api.state.mes) me.locale = locale;
    const data = { login: shown.login, password: PASSWORD };
    await page.request.post(`${api.url}/api/session`, { data });
  }
  await page.goto(`${api.url}${shown.path}`);
  await page.locator('main').first().waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await shown.after?.(page);
  await page.locator('.breathe.bg-sunken').first().waitFor({ state: 'hidden' });
}

async function expectReadable({ page, api, locale }: Visit): Promise<void> {
  const texts = await textsOf(page);
  expect(texts.filter((text) => keys.has(text))).toEqual([]);
  if (locale === 'en') expect(foreign(texts, chineseData(api))).toEqual([]);
  expect(await faultsOf(page, locale)).toEqual([]);
}

/** Tests that each of these pages can be read by everybody, on every screen, in both languages. */
export function testReadable(whose: string, shownPages: readonly ShownPage[]): void {
  describe.skipIf(!browserProgram.path)(`${whose} ${browserProgram.reason}`, () => {
    let folder: string;
    let browser: Browser;

    beforeAll(async () => {
      folder = await buildPages();
      browser = await launchBrowser();
    });
    afterAll(async () => {
      await browser?.close();
    });

    const cases = shownPages.flatMap((shown) =>
      (['zh-CN', 'en'] as const).map((locale) => ({ title: `${shown.name}, ${locale}`, shown, locale })),
    );
    it.each(cases)(
      '$title: readable by everybody, on every screen',
      (one) => visit({ browser, folder }, one, expectReadable),
      90_000,
    );
  });
}
