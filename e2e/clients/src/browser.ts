import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { after, type TestContext } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
let started: Promise<Browser> | undefined;

function browser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? places.find((place) => existsSync(place));
  assert.ok(executablePath, `there is no browser in ${places.join(', ')}: install Debian's chromium, or set CHROMIUM to its program`);
  // As root, as CI runs, chromium has no sandbox; the pages are our own.
  started ??= chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  return started;
}

after(async () => (await started)?.close());

/** A window with nothing in it from before. */
export async function open(t: TestContext, options: { colorScheme?: 'light' | 'dark'; width?: number; height?: number } = {}) {
  const { colorScheme = 'light', width = 1440, height = 900 } = options;
  const context = await (await browser()).newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000); // so long only where something is wrong
  const problems: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(`${error}`));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^http|^ws/.test(protocol)) hosts.add(host);
  });
  page.on('requestfailed', (request) => problems.push(`${request.url()}: ${request.failure()?.errorText}`));
  t.after(async () => {
    await picture(page, `${t.name} (end)`); // what a failed test saw
    await context.close();
  });
  return { page, problems, hosts };
}

/** Keeps a picture of the page in build/screenshots. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync('build/screenshots', { recursive: true });
  await page.screenshot({ path: `build/screenshots/${name}.png`, animations: 'disabled', caret: 'hide' });
}
