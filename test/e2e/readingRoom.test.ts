import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../helpers/hub.ts';
import { stow } from '../integrations/dicomweb/client.ts';
import { findChromium, launchBrowser, signIn, viewerBuilt, type Person } from './browser.ts';
import { phantom, size } from './phantom.ts';

const able = findChromium() !== undefined && viewerBuilt;
const axePath = path.join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js');
const patient = { name: '欧阳测试乙', sex: 'M' as const, birthDate: '1968-03-15' };
const idCard = '320681196803152116';
const slow = { timeout: 120_000 };

interface Finding {
  id: string;
  impact: string | null;
  nodes: { target: string[] }[];
}

/** A stroke over a viewport, in shares of its size. */
async function stroke(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const box = await page.locator('.hub-viewport-canvas').first().boundingBox();
  if (!box) throw new Error('the viewport has no size');
  const at = ([x, y]: [number, number]): [number, number] => [box.x + box.width * x, box.y + box.height * y];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 5 });
  await page.mouse.up();
}

describe.skipIf(!able)('the reading room (needs Chromium and the built viewer)', () => {
  let hub: TestHub;
  let browser: Browser;
  let reader: Person;
  let client: Client;
  let orderId = '';

  beforeAll(async () => {
    hub = await startHub();
    browser = await launchBrowser();
    const made = await (await hub.as('doctor1')).post('/api/orders', {
      center: 'imaging', items: [{ code: 'CT-HEAD' }], priority: 'routine',
      patient: { ...patient, identifiers: [{ type: 'id-card', value: idCard }] },
      remoteConsent: { by: '本人', at: new Date().toISOString() },
    }); // prettier-ignore
    orderId = made.body.id;
    const files = phantom({
      accessionNumber: made.body.accessionNumber, patientName: patient.name, patientId: idCard,
      sex: patient.sex, birthDate: patient.birthDate, modality: 'CT', slices: 9,
    }); // prettier-ignore
    await stow(hub.url, await hub.as('tech1'), files);
    client = await hub.as('radiologist1');
    reader = await signIn(browser, hub.url, 'radiologist1');
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  test('a row that is pointed at is made ready, and the audit tells that from opening it', async () => {
    const { page } = reader;
    const me = (await client.get('/api/session')).body.user.name as string;
    const of = (action: string, ahead: boolean) =>
      hub.ctx.db
        .selectFrom('auditEvent')
        .select('subjectId')
        .where('action', '=', action)
        .where('actorName', '=', me)
        .where(sql<boolean>`coalesce((detail->>'ahead')::boolean, false) = ${ahead}`)
        .execute();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${hub.url}/imaging`);
    const row = page.locator(`tr[data-order="${orderId}"]`);
    await row.waitFor(slow);
    await row.hover();
    await expect.poll(() => asked.some((url) => /\/frames\?/.test(url)), slow).toBe(true);
    expect(await of('order.read', true)).toHaveLength(1);
    expect(await of('study.read', true)).toHaveLength(1);
    expect(await of('order.read', false)).toHaveLength(0);
    expect(await of('study.read', false)).toHaveLength(0);

    asked.length = 0;
    await row.dblclick();
    await page.locator('[data-state=shown]').waitFor(slow);
    await expect.poll(async () => (await of('order.read', false)).length).toBeGreaterThan(0);
    await expect.poll(async () => (await of('study.read', false)).length).toBe(1);
    expect(asked.some((url) => url.endsWith('/metadata'))).toBe(false);
    page.removeAllListeners('request');
  });

  test('a whole case is read with the keyboard alone', async () => {
    const { page } = reader;
    await page.goto(`${hub.url}/imaging`);
    await page.locator(`tr[data-order="${orderId}"]`).waitFor(slow);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('[data-state=shown]').waitFor(slow);
    await page.getByRole('button', { name: '领取' }).waitFor(slow);
    await page.keyboard.press('Control+Enter');
    await page.locator('#report-findings:not([disabled])').waitFor(slow);
    await page.keyboard.press('End');
    await page.locator('.hub-overlay-bl').filter({ hasText: '9 / 9' }).waitFor(slow);
    await page.keyboard.press('2');
    await page.locator('.hub-overlay-br').filter({ hasText: 'W 350 L 40' }).waitFor(slow);
    await page.keyboard.press('k');
    await page.locator('.hub-key-images img').waitFor(slow);
    // The lens fails silently but for an uncaught error, the probe but for a missing number.
    await page.keyboard.press('m');
    await stroke(page, [0.4, 0.4], [0.5, 0.5]);
    await page.keyboard.press('d');
    await stroke(page, [0.3, 0.3], [0.3, 0.31]);
    await expect
      .poll(async () => (await client.get(`/api/orders/${orderId}/report`)).body.measurements, slow)
      .toMatchObject([{ tool: 'Probe', values: [{ quantity: 'value', unit: 'HU' }] }]);
    // It stands on the pixel that was pointed at, not on its neighbour.
    const box = await page.locator('.hub-viewport-canvas').first().boundingBox();
    const [probe] = (await client.get(`/api/orders/${orderId}/report`)).body.measurements;
    const scale = Math.min(box?.width ?? 0, box?.height ?? 0) / size;
    const at = (length: number | undefined, part: number) =>
      size / 2 + ((length ?? 0) * (part - 0.5)) / scale;
    expect(Math.abs(probe.pixels[0][0] - at(box?.width, 0.3))).toBeLessThan(0.25);
    expect(Math.abs(probe.pixels[0][1] - at(box?.height, 0.31))).toBeLessThan(0.25);
    await page.keyboard.press('w');
    await page.keyboard.press('Alt+1');
    await page.keyboard.type('脑实质密度均匀。');
    await page.keyboard.press('Alt+c');
    await expect.poll(() => page.locator('#report-findings').inputValue()).toContain('无既往影像可供对比');
    await page.keyboard.press('Alt+2');
    await page.keyboard.type('头颅 CT 平扫未见异常。');
    await page.locator('.hub-saved[data-saving=idle]').filter({ hasText: '已保存' }).waitFor(slow);
  });

  test('what was typed before the tab crashed is offered again, without the hub having had it', async () => {
    const again = await signIn(browser, hub.url, 'radiologist1');
    const context = again.page.context();
    await context.route('**/report', (route) =>
      route.request().method() === 'PUT' ? route.abort() : route.continue(),
    );
    await again.page.goto(`${hub.url}/orders/${orderId}`);
    await again.page.locator('#report-impression:not([disabled])').click(slow);
    await again.page.keyboard.press('Control+End');
    await again.page.keyboard.type('建议随访。');
    const control = await context.newCDPSession(again.page);
    const crashed = again.page.waitForEvent('crash');
    control.send('Page.crash').catch(() => undefined); // a tab that is gone answers nothing
    await crashed;

    const page = await context.newPage();
    await page.goto(`${hub.url}/orders/${orderId}`);
    await page.getByRole('button', { name: '恢复', exact: true }).click(slow);
    expect(await page.locator('#report-impression').inputValue()).toContain('建议随访。');
    await context.close();
  });

  test('a deleted measurement comes back by undo; the window of a region is that of its own pixels', async () => {
    const { page } = reader;
    const measured = async () => (await client.get(`/api/orders/${orderId}/report`)).body.measurements.length;
    await page.locator('#report-impression').blur();
    await page.keyboard.press('Delete');
    await expect.poll(measured, slow).toBe(0);
    await page.keyboard.press('Control+z');
    await expect.poll(measured, slow).toBe(1);
    const window = async () => {
      const said = await page.locator('.hub-overlay-br').first().innerText();
      return /W (\d+) L (-?\d+)/.exec(said)?.slice(1).map(Number) ?? [];
    };
    const before = await window();
    await page.keyboard.press('Shift+W');
    // A corner of the picture is air, whatever the middle shows.
    await stroke(page, [0.5, 0.04], [0.51, 0.08]);
    await expect.poll(async () => (await window()).join(), slow).not.toBe(before.join());
    expect((await window())[1]).toBeLessThan(-800);
    await page.keyboard.press('0');
    await page.keyboard.press('w');
  });

  test('a freehand region is closed, measured, and taken back by undo', async () => {
    const { page } = reader;
    const measured = async () => (await client.get(`/api/orders/${orderId}/report`)).body.measurements;
    const before = (await measured()).length;
    const box = await page.locator('.hub-viewport-canvas').first().boundingBox();
    if (!box) throw new Error('the viewport has no size');
    const at = (x: number, y: number): [number, number] => [box.x + box.width * x, box.y + box.height * y];
    await page.keyboard.press('f');
    await page.mouse.move(...at(0.45, 0.4));
    await page.mouse.down();
    for (const [x, y] of [[0.55, 0.4], [0.56, 0.5], [0.46, 0.52], [0.45, 0.4]] as const)
      await page.mouse.move(...at(x, y), { steps: 6 }); // prettier-ignore
    await page.mouse.up();
    await expect.poll(async () => (await measured()).length, slow).toBe(before + 1);
    // Values are computed when it is drawn, and saved behind it.
    const values = async () => JSON.stringify((await measured()).at(-1)?.values);
    await expect.poll(values, slow).toContain('mm²');
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await measured()).length, slow).toBe(before);
    await page.keyboard.press('w');
  });

  test('a length that is drawn beyond the picture ends at its edge', async () => {
    const { page } = reader;
    const measured = async () => (await client.get(`/api/orders/${orderId}/report`)).body.measurements;
    const before = (await measured()).length;
    await page.keyboard.press('l');
    await stroke(page, [0.5, 0.45], [0.97, 0.45]);
    await expect.poll(async () => (await measured()).length, slow).toBe(before + 1);
    const [, end] = (await measured()).at(-1).pixels;
    expect(end[0]).toBeCloseTo(size, 0);
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await measured()).length, slow).toBe(before);
    await page.keyboard.press('Control+y');
    await expect.poll(async () => (await measured()).length, slow).toBe(before + 1);
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await measured()).length, slow).toBe(before);
    await page.keyboard.press('w');
  });

  test('a ratio in two strokes stands in the report, and in the study as DICOM SR', async () => {
    const { page } = reader;
    await page.locator('#report-impression').blur();
    await page.keyboard.press('Shift+R');
    await page.locator('.ant-message').filter({ hasText: '心影' }).waitFor(slow);
    await stroke(page, [0.42, 0.5], [0.58, 0.5]);
    await page.locator('.ant-message').filter({ hasText: '胸廓' }).waitFor(slow);
    await stroke(page, [0.35, 0.6], [0.67, 0.6]);
    await page
      .locator('.ant-message')
      .filter({ hasText: '胸廓' })
      .waitFor({ ...slow, state: 'detached' });
    await expect
      .poll(async () => {
        await page.keyboard.press('Alt+m');
        return page.locator('#report-impression').inputValue();
      }, slow)
      .toMatch(/心胸比约 0\.5\d（心影横径 \d+ mm，胸廓横径 \d+ mm）/);
    await page.locator('#report-impression').blur();
    await page.keyboard.press('Shift+S');
    await expect
      .poll(
        async () => (await client.get(`/api/orders/${orderId}`)).body.input.measurementReports.length,
        slow,
      )
      .toBe(1);
    await page.locator('.hub-saved[data-saving=idle]').waitFor(slow);
    const [uid] = (await client.get(`/api/orders/${orderId}`)).body.input.measurementReports;
    const found = await client.get(`/dicom-web/instances?SOPInstanceUID=${uid}`, {
      accept: 'application/dicom+json',
    });
    expect(found.body[0]['00080060'].Value).toEqual(['SR']);
  });

  test('what was measured is drawn again on reopening, and looking at it saves nothing', async () => {
    const report = async () => (await client.get(`/api/orders/${orderId}/report`)).body;
    const before = await report();
    const page = await reader.page.context().newPage();
    await page.goto(`${hub.url}/orders/${orderId}`);
    await page.locator('[data-quality=full]').waitFor(slow);
    await page.keyboard.press('End');
    await expect
      .poll(() => page.locator('.hub-viewport svg').filter({ hasText: /\d mm/ }).count(), slow)
      .toBeGreaterThan(0);
    await page.locator('.hub-saved[data-saving=idle]').waitFor(slow);
    await page.close();
    expect((await report()).version).toBe(before.version);
  });

  test('chosen images come as pages; nothing serious for axe; nothing failed', async () => {
    const { page } = reader;
    const { items } = (await client.get(`/api/imaging/orders/${orderId}/key-images`)).body;
    expect(items[0].view).toEqual({ window: { width: 350, center: 40 } });
    const pdf = await client.post(`/api/imaging/orders/${orderId}/images.pdf`, {
      perPage: 1,
      images: [{ sopInstanceUid: items[0].sopInstanceUid, frame: items[0].frame, view: items[0].view }],
    });
    expect(pdf.status).toBe(200);
    expect(Buffer.from(pdf.body).subarray(0, 5).toString()).toBe('%PDF-');
    await page.locator('.ant-modal').waitFor({ ...slow, state: 'hidden' });
    await page.evaluate(await readFile(axePath, 'utf8'));
    const { violations } = (await page.evaluate('window.axe.run({ resultTypes: ["violations"] })')) as {
      violations: Finding[];
    };
    const serious = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    expect(serious).toEqual([]);
    expect(reader.faults).toEqual([]);
  });

  test('the case on a phone: its images, no signing where the centre does not allow it', async () => {
    const page = await reader.page.context().newPage();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${hub.url}/imaging/phone`);
    await page.locator('.img-phone-row').filter({ hasText: patient.name }).click();
    await page.locator('[data-state=shown]').waitFor(slow);
    await page.locator('[data-quality=full]').waitFor(slow);
    await page.getByText('本中心不允许在手机上签发').waitFor();
    expect(await page.getByRole('button', { name: '签发' }).count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.close();
  });

  test('a length is as long on a display scaled to 125 %', async () => {
    const context = await browser.newContext({
      viewport: { width: 1093, height: 614 }, deviceScaleFactor: 1.25,
      storageState: await reader.page.context().storageState(),
    }); // prettier-ignore
    const page = await context.newPage();
    await page.goto(`${hub.url}/orders/${orderId}`);
    await page.locator('[data-quality=full]').first().waitFor(slow);
    const drawn = page.locator('.hub-viewport svg text');
    await page.keyboard.press('l');
    await stroke(page, [0.4, 0.3], [0.63, 0.3]);
    const box = await page.locator('.hub-viewport-canvas').first().boundingBox();
    const expected = (0.23 * (box?.width ?? 0) * size) / Math.min(box?.width ?? 0, box?.height ?? 0);
    // What was measured before is drawn again sooner or later: one of all is the new one, within 5 %.
    const lengths = async () =>
      (await drawn.allTextContents()).map((text) => Number.parseFloat(text) / expected);
    await expect
      .poll(async () => (await lengths()).some((ratio) => Math.abs(ratio - 1) < 0.05), slow)
      .toBe(true);
    await context.close();
  });

  test('two fingers enlarge the picture where the screen has more pixels than the page has points', async () => {
    const phone = await browser.newContext({
      viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true,
      storageState: await reader.page.context().storageState(),
    }); // prettier-ignore
    const page = await phone.newPage();
    await page.goto(`${hub.url}/imaging/phone/${orderId}`);
    await page.locator('[data-quality=full]').waitFor(slow);
    const zoom = async () =>
      Number(/(\d+) %/.exec(await page.locator('.hub-overlay-bl').first().innerText())?.[1]);
    const before = await zoom();
    const box = await page.locator('.hub-viewport-canvas').first().boundingBox();
    if (!box) throw new Error('the viewport has no size');
    const control = await phone.newCDPSession(page);
    const fingers = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart?: number) =>
      control.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: apart
          ? [-apart, apart].map((x, id) => ({ x: box.x + box.width / 2 + x, y: box.y + box.height / 2, id }))
          : [],
      });
    await fingers('touchStart', 30);
    for (let apart = 38; apart <= 94; apart += 8) await fingers('touchMove', apart);
    await fingers('touchEnd');
    await expect.poll(zoom, slow).toBeGreaterThan(before * 1.5);
    // One finger does what the page says, from the first touch on: it goes through the stack.
    const window = await page.locator('.hub-overlay-br').first().innerText();
    const one = (type: 'touchStart' | 'touchMove' | 'touchEnd', down?: number) =>
      control.send('Input.dispatchTouchEvent', {
        type,
        touchPoints:
          down === undefined ? [] : [{ x: box.x + box.width / 2, y: box.y + box.height / 2 + down, id: 0 }],
      });
    await one('touchStart', 0);
    for (let down = 20; down <= 120; down += 20) await one('touchMove', down);
    await one('touchEnd');
    await page
      .locator('.hub-overlay-bl')
      .filter({ hasNotText: /\b1 \/ 9/ })
      .first()
      .waitFor(slow);
    expect(await page.locator('.hub-overlay-br').first().innerText()).toBe(window);
    await phone.close();
  });

  test('submitting waits for the images; who cannot see them says why, and the report keeps it', async () => {
    const { page } = reader;
    const state = async () => (await client.get(`/api/orders/${orderId}`)).body.status;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    await page.route('**/metadata', async (route) => {
      await gate;
      await route.fulfill({ status: 404, contentType: 'application/problem+json', body: '{"status":404}' });
    });
    await page.goto(`${hub.url}/orders/${orderId}`);
    await page.locator('[data-quality=loading]').waitFor(slow);
    await page.locator('#report-impression:not([disabled])').waitFor(slow);
    await page.keyboard.press('Control+Enter');
    await page.locator('.ant-message').filter({ hasText: '影像仍在载入' }).waitFor(slow);
    expect(await state()).toBe('claimed');
    open();
    await page.locator('[data-quality=failed]').waitFor(slow);
    await page.keyboard.press('Control+Enter');
    await page.locator('.ant-message').filter({ hasText: '部分影像不能显示' }).waitFor(slow);
    expect(await state()).toBe('claimed');
    await page.getByRole('button', { name: '说明原因后继续' }).click();
    await page.getByRole('combobox', { name: '原因' }).click();
    await page.locator('.ant-select-item-option', { hasText: '已在其他工作站或胶片上阅片' }).click();
    await page.getByRole('textbox', { name: /哪些影像/ }).fill('全部序列，已看胶片');
    await page.keyboard.press('Enter');
    await page.getByText('影像未全部在本系统中以诊断级显示').waitFor(slow);
    await page.keyboard.press('Control+Enter');
    await expect.poll(state, slow).toBe('preliminary');
    const report = (await client.get(`/api/orders/${orderId}/report`)).body;
    expect(report.viewingLimits).toMatchObject([
      { by: report.submittedBy, reason: 'elsewhere', note: '全部序列，已看胶片' },
    ]);
    await page.unroute('**/metadata');
    expect(reader.faults).toEqual([]);
  });

  test('images that come while their case is open are shown beside the first ones', async () => {
    const { page } = reader;
    const late = { name: '欧阳测试丙', sex: 'F' as const, birthDate: '1971-06-02' };
    const made = await (await hub.as('doctor1')).post('/api/orders', {
      center: 'imaging', items: [{ code: 'CT-HEAD' }], priority: 'routine',
      patient: { ...late, identifiers: [{ type: 'mrn', value: 'LATE-1' }] },
      remoteConsent: { by: '本人', at: new Date().toISOString() },
    }); // prettier-ignore
    const files = phantom({
      accessionNumber: made.body.accessionNumber, patientName: late.name, patientId: 'LATE-1',
      sex: late.sex, birthDate: late.birthDate, modality: 'CT', slices: 5,
    }); // prettier-ignore
    await stow(hub.url, await hub.as('tech1'), files.slice(0, 2));
    await page.goto(`${hub.url}/orders/${made.body.id}`);
    await page.locator('.hub-overlay-bl').filter({ hasText: '/ 2' }).waitFor(slow);
    await stow(hub.url, await hub.as('tech1'), files.slice(2));
    await page.locator('.hub-overlay-bl').filter({ hasText: '/ 5' }).waitFor(slow);
    await page.locator('[data-quality=full]').waitFor(slow);
    await page.keyboard.press('End');
    await page.locator('.hub-overlay-bl').filter({ hasText: '5 / 5' }).waitFor(slow);
    await page.locator('[data-quality=full]').waitFor(slow);
    expect(reader.faults).toEqual([]);
  });
});
