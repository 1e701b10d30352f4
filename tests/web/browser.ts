import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { requireProgram } from '../harness/requirements.ts';

/** Chromium of the machine; tests in it are skipped where there is none. */
export const browserProgram = requireProgram('chromium');

/** The built pages in a folder of their own. */
export async function buildPages(): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'gridguard-web-'));
  await build({
    configFile: fileURLToPath(new URL('../../src/web/vite.config.ts', import.meta.url)),
    build: { outDir: folder, emptyOutDir: true },
    logLevel: 'error',
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function launchBrowser(): Promise<Browser> {
  const { path } = browserProgram;
  if (!path) throw new Error('no Chromium');
  return chromium.launch({ executablePath: path });
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
