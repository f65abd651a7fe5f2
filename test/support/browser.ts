/**
 * A real browser, for what only a browser can tell.
 */

import { existsSync } from 'node:fs';
import puppeteer, { type Browser } from 'puppeteer-core';
import { afterAll, beforeAll } from 'vitest';
import { isLeftOut } from './tools.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether tests that need a browser are left out. */
export const isBrowserLeftOut: boolean = isLeftOut(existsSync(CHROMIUM));

/** Starts a browser for the tests of the calling file. To be called at the top of the file. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (isBrowserLeftOut) return;
    if (!existsSync(CHROMIUM)) {
      throw new Error(`no browser at ${CHROMIUM}: run apt-get install chromium, or name one with CHROMIUM`);
    }
    browser = await puppeteer.launch({
      executablePath: CHROMIUM,
      // Not a port, which others could reach.
      pipe: true,
      args: ['--disable-dev-shm-usage', ...(process.geteuid?.() === 0 ? ['--no-sandbox'] : [])],
    });
  }, 60_000);
  afterAll(() => browser?.close());
  return () => {
    if (browser === undefined) throw new Error('the browser has not been started');
    return browser;
  };
}
