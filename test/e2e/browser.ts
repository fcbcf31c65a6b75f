import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Chromium of this machine; undefined skips the browser tests by name. */
export function findChromium(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin'];
  const inPath = folders
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find((file) => existsSync(file));
  return process.env.CHROMIUM ?? inPath;
}

/** The browser application as built by `npm start` and `npm test`. */
export const viewerBuilt = existsSync(path.join(import.meta.dirname, '../../viewer/dist/index.html'));

export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({
    ...(executablePath && { executablePath }),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Person {
  page: Page;
  /** Uncaught errors, refused scripts and answers of 500 seen so far. */
  faults: string[];
}

/** A person with a browser of his own, nobody signed in yet. */
export async function openBrowser(
  browser: Browser,
  url: string,
  username: string,
  language: 'zh-CN' | 'en-US' = 'zh-CN',
): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: 1366, height: 768 },
    locale: language,
    reducedMotion: 'reduce', // a click lands where the dialog stands, not where it grows
  });
  context.setDefaultTimeout(Number(process.env.E2E_TIMEOUT_MS ?? 90_000)); // a busy machine is slow, not wrong
  // A PDF shown within a page has no storage of its own.
  await context.addInitScript(`try { localStorage.setItem('hub.language', '${language}') } catch {}`);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`${username}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text()))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    const target = new URL(request.url());
    if (/^https?:$/.test(target.protocol) && target.origin !== url)
      faults.push(`${username} asked another host: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
  });
  return { page, faults };
}

/** The same, signed in through the login page. */
export async function signIn(
  browser: Browser,
  url: string,
  username: string,
  language: 'zh-CN' | 'en-US' = 'zh-CN',
): Promise<Person> {
  const person = await openBrowser(browser, url, username, language);
  const { page } = person;
  await page.goto(`${url}/login`);
  await page.locator('#username').fill(username);
  await page.locator('#password').fill('Demo-2026!');
  await page.locator('button[type=submit]').click();
  await page.waitForURL((target) => !target.pathname.startsWith('/login'));
  return person;
}
