import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { requireProgram } from '../harness/requirements.ts';
import { until } from '../harness/until.ts';

const vite = join(dirname(fileURLToPath(import.meta.resolve('vite/package.json'))), 'bin', 'vite.js');
const pagesConfig = fileURLToPath(new URL('../../src/web/vite.config.ts', import.meta.url));

/** Chromium of the machine; tests in it are skipped where there is none. */
export const browserProgram = requireProgram('chromium');

/** `shipped` is what a service serves; in `development` React warns of what it is given wrongly, for twice the time. */
export type Edition = 'shipped' | 'development';

const isLong = process.env.LONG === '1';

/**
 * The folder of the built pages. The first test that asks for an edition builds it for the whole run; the others wait.
 * In the long tests every page is looked at in development.
 */
export async function buildPages(wanted: Edition = 'shipped'): Promise<string> {
  const edition = isLong ? 'development' : wanted;
  const folder = join(inject('pages'), edition);
  await until(() => existsSync(folder) || buildAlone(folder, edition), {
    timeoutMs: 50_000,
    what: 'the pages to be built',
    everyMs: 100,
  });
  return folder;
}

/** False: another test is at it. What it built appears all at once. */
async function buildAlone(folder: string, edition: Edition): Promise<boolean> {
  const begun = `${folder}.begun`;
  if (!isMine(begun)) return false;
  try {
    await runVite(['build', '--config', pagesConfig, '--outDir', begun, '--emptyOutDir'], edition);
    renameSync(begun, folder);
  } catch (error) {
    rmSync(begun, { recursive: true, force: true });
    throw error;
  }
  return true;
}

/** A program of its own: in this one NODE_ENV is `test`, and Vite would take React as it is for developers. */
async function runVite(args: readonly string[], edition: Edition): Promise<void> {
  const NODE_ENV = edition === 'shipped' ? 'production' : 'development';
  await promisify(execFile)(process.execPath, [vite, ...args, '--logLevel', 'error'], {
    env: { ...process.env, NODE_ENV },
  });
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
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    // An answer above 399 may be meant; whatever else Chromium or React calls an error is a fault.
    const isError = message.type() === 'error' && !/^Failed to load resource/.test(text);
    if (isError || /Content Security Policy/.test(text)) faults.push(text);
  });
  return { page, faults };
}
