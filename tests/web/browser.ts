import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { inject } from 'vitest';
import { requireProgram } from '../harness/requirements.ts';
import { until } from '../harness/until.ts';

/** Chromium of the machine; tests in it are skipped where there is none. */
export const browserProgram = requireProgram('chromium');

/** The folder of the built pages. The first test that asks builds them for the whole run; the others wait. */
export async function buildPages(): Promise<string> {
  const folder = join(inject('pages'), 'built');
  await until(() => existsSync(folder) || buildAlone(folder), {
    timeoutMs: 50_000,
    what: 'the pages to be built',
    everyMs: 100,
  });
  return folder;
}

/** False: another test is at it. What it built appears all at once. */
async function buildAlone(folder: string): Promise<boolean> {
  const begun = `${folder}.begun`;
  if (!isMine(begun)) return false;
  try {
    await build({
      configFile: fileURLToPath(new URL('../../src/web/vite.config.ts', import.meta.url)),
      build: { outDir: begun, emptyOutDir: true },
      logLevel: 'error',
    });
    renameSync(begun, folder);
  } catch (error) {
    rmSync(begun, { recursive: true, force: true });
    throw error;
  }
  return true;
}

/** Whether the folder was not there and is made by this. */
function isMine(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** What every window would otherwise load beside the page; the later names are those that Playwright leaves out. */
const NOT_NEEDED = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'],
  ...['AimEnabled', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'LensOverlay', 'MediaRouter'],
  ...['NetworkTimeServiceQuerying', 'OptimizationHints', 'PaintHolding', 'PreconnectToSearch'],
];

export async function launchBrowser(): Promise<Browser> {
  const { path } = browserProgram;
  if (!path) throw new Error('no Chromium');
  return chromium.launch({ executablePath: path, args: [`--disable-features=${NOT_NEEDED.join(',')}`] });
}

export const phone = { width: 390, height: 844 };
export const desktop = { width: 1440, height: 900 };
/** A screen on the wall of a control room. */
export const wall = { width: 3840, height: 2160 };

export interface View {
  viewport?: { width: number; height: number };
  locale?: 'zh-CN' | 'en-GB';
}

/** A page as a reader in China opens it; what goes wrong inside it is kept in `faults`. */
export async function openPage(browser: Browser, view: View = {}): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({
    viewport: view.viewport ?? phone,
    locale: view.locale ?? 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|Warning:|Error:/.test(message.text())) faults.push(message.text());
  });
  return { page, faults };
}
