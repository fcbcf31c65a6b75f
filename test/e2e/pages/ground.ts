import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { findChromium, launchBrowser, openBrowser, viewerBuilt, type Person } from '../browser.ts';

/** Whether pages can be opened at all: Chromium and the built viewer. */
export const able = findChromium() !== undefined && viewerBuilt;
export const PASSWORD = 'Demo-2026!';
export const PIN = '246810';

export let hub: TestHub;
export let browser: Browser;
const everybody: Person[] = [];

/** One hub and one browser for the file; after every test nothing may have failed unseen. */
export function openGround(env: Record<string, string> = {}): void {
  beforeAll(async () => {
    [hub, browser] = await Promise.all([startHub({ env: { HUB_ROLES: 'web', ...env } }), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });
  afterEach(async ({ task }) => {
    const folder = process.env.E2E_SHOTS; // where to look at what a failed test saw
    if (folder && task.result?.state === 'fail')
      for (const [n, { page }] of everybody.entries())
        await page
          .screenshot({ path: `${folder}/${task.name.slice(0, 40)} ${n}.png` })
          .catch(() => undefined);
    expect(everybody.flatMap(({ faults }) => faults.splice(0))).toEqual([]);
  });
}

/** A window in which nobody is signed in. */
export async function openWindow(path: string, language: 'zh-CN' | 'en-US' = 'zh-CN'): Promise<Page> {
  const person = await openBrowser(browser, hub.url, 'nobody', language);
  everybody.push(person);
  await person.page.goto(hub.url + path);
  return person.page;
}

/** A person at a page, signed in without the login page, which has tests of its own. */
export async function enter(
  username: string,
  path: string,
  language: 'zh-CN' | 'en-US' = 'zh-CN',
): Promise<Page> {
  const person = await openBrowser(browser, hub.url, username, language);
  everybody.push(person);
  const { page } = person;
  const answer = await page.context().request.post(`${hub.url}/api/session`, {
    headers: { origin: hub.url },
    data: { username, password: PASSWORD },
  });
  expect(answer.status()).toBeLessThan(300);
  await page.goto(hub.url + path);
  return page;
}

/**
 * Answers calls below `path` in the hub's place, as a hub that is broken or away would, while `look` runs; `line` cuts
 * the line instead.
 */
export async function whileBroken(
  page: Page,
  path: string | RegExp,
  status: number | 'line',
  look: () => Promise<void>,
): Promise<void> {
  const calls = (url: URL) =>
    typeof path === 'string' ? url.pathname === path : path.test(url.pathname + url.search);
  await page.route(calls, (route) =>
    status === 'line'
      ? route.abort('connectionfailed')
      : route.fulfill({
          status,
          headers: { 'x-request-id': 'request-4711', 'content-type': 'application/problem+json' },
          body: JSON.stringify({ type: 'about:blank', title: 'broken', status }),
        }),
  );
  await look();
  await page.unroute(calls);
  for (const { faults } of everybody)
    faults.splice(0, faults.length, ...faults.filter((fault) => !fault.startsWith(`${status} `)));
}

/**
 * What stands in a page when a list could not be read: says so, with the reference, and reads it again when asked. A 500
 * is told at once, a 503 only after the page has asked three times by itself.
 */
export async function failsAndComesBack(page: Page, path: string | RegExp, back: string): Promise<void> {
  const state = page.locator('.hub-state[role=alert]');
  await whileBroken(page, path, 500, async () => {
    await page.reload();
    await state.waitFor();
    expect(await state.innerText()).toContain('request-4711');
  });
  await state.getByRole('button').click();
  await page.locator(back).first().waitFor();
  expect(await state.count()).toBe(0);
}

/** The dialog that stands open, not one that is on its way out. */
export const dialogOf = (page: Page) => page.locator('.ant-modal:visible:not(.ant-zoom-leave)');
/** The sentence that an act leaves at the top of the page for a moment. */
export const saidIn = (page: Page, text: string | RegExp) =>
  page.locator('.ant-message-notice').filter({ hasText: text }).first().waitFor();

/** Chooses of a list that opens: by the field's name and the words of the choice. */
export async function choose(page: Page, field: string, choice: string): Promise<void> {
  await page.locator(`#${field}`).click();
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: choice }).first().click(); // prettier-ignore
}

let people = 0;
/** Somebody whom nobody knew before. */
export const stranger = (name = '钱多多') => ({
  name,
  sex: 'F',
  birthDate: '1990-02-03',
  identifiers: [{ type: 'mrn', value: `PAGES${++people}` }],
});

/** An order of the township's doctor, as the form sends it. */
export async function place(
  input: Record<string, unknown> = {},
  doctor?: Client,
): Promise<{ id: string; accessionNumber: string }> {
  const client = doctor ?? (await hub.as('doctor1'));
  const made = await client.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'routine',
    patient: stranger(),
    remoteConsent: { by: '本人', at: hub.clock.now().toISOString() },
    ...input,
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return { id: made.body.id, accessionNumber: made.body.accessionNumber };
}

/** Said by both radiologists: these cases have no images here, so that their reports need no viewer. */
const viewingLimits = async () =>
  (
    await hub.ctx.db
      .selectFrom('staff')
      .select(['id', 'name'])
      .where('username', 'in', ['radiologist1', 'radiologist2'])
      .execute()
  ).map(({ id, name }) => ({
    byId: id,
    by: name,
    at: hub.clock.now().toISOString(),
    quality: 'none',
    reason: 'elsewhere',
    note: '',
  }));
const WRITTEN = { findings: '双肺清晰', impression: '心肺未见异常', positive: false, critical: false };

/** Claimed by the reader with a draft that the hub has. */
export async function draft(
  orderId: string,
  content: Record<string, unknown> = {},
  username = 'radiologist1',
) {
  const reader = await hub.as(username);
  await reader.post(`/api/orders/${orderId}/accept`);
  await reader.post(`/api/orders/${orderId}/claim`);
  const kept = await reader.put(
    `/api/orders/${orderId}/report`,
    { ...WRITTEN, viewingLimits: await viewingLimits(), ...content },
    { 'If-Match': '"0"' },
  );
  expect(kept.status, JSON.stringify(kept.body)).toBe(200);
  return reader;
}

/** Submitted to the second reader. */
export async function submit(orderId: string, content: Record<string, unknown> = {}): Promise<void> {
  const sent = await (await draft(orderId, content)).post(`/api/orders/${orderId}/report/submit`);
  expect(sent.status, JSON.stringify(sent.body)).toBe(200);
}

/** Signed by two radiologists. */
export async function sign(orderId: string, content: Record<string, unknown> = {}): Promise<void> {
  await submit(orderId, content);
  const verifier = await hub.as('radiologist2');
  const signed = await verifier.post(`/api/orders/${orderId}/report/sign`, { pin: PIN });
  expect(signed.status, JSON.stringify(signed.body)).toBe(200);
}

export const orderRow = (id: string) =>
  hub.ctx.db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

/** What the audit keeps about a subject, oldest first. */
export const auditOf = (subjectId: string) =>
  hub.ctx.db
    .selectFrom('auditEvent')
    .select(['action', 'outcome', 'detail'])
    .where('subjectId', '=', subjectId)
    .orderBy('seq')
    .execute();

/** An order of somebody who cannot say who he is; answers the number of his identity card. */
export async function placeUnconscious(): Promise<string> {
  const card = '320681196803152116';
  const identifiers = [{ type: 'id-card', value: card }];
  await place({ patient: { name: '昏迷者', sex: 'M', birthDate: '1968-03-15', identifiers } });
  return card;
}
