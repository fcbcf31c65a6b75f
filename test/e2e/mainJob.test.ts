import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type TestHub } from '../helpers/hub.ts';
import { stow } from '../integrations/dicomweb/client.ts';
import { findChromium, launchBrowser, signIn, viewerBuilt, type Person } from './browser.ts';
import { phantom } from './phantom.ts';

const run = promisify(execFile);
const storescu = ['/usr/bin/storescu', '/usr/local/bin/storescu'].find((file) => existsSync(file));
const able = findChromium() !== undefined && viewerBuilt;

const idCard = '320681196803152116';

describe.skipIf(!able)('the main job in the browser (needs Chromium and the built viewer)', () => {
  let hub: TestHub;
  let browser: Browser;
  let doctor: Person;
  let reporter: Person;
  let verifier: Person;
  let accessionNumbers: string[] = [];

  beforeAll(async () => {
    hub = await startHub();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  test('a clinician places a request for a chest DR and a head CT', async () => {
    doctor = await signIn(browser, hub.url, 'doctor1');
    const { page } = doctor;
    await page.goto(`${hub.url}/orders/new`);
    await page.locator('#identifier').fill('320681196803152118');
    await page.locator('#name').fill('钱伟');
    await page.getByText('身份证号校验位不符').waitFor();
    await page.locator('#identifier').fill(idCard);
    await page.locator('#name').click();
    await expect.poll(() => page.locator('#birthDate').inputValue()).toBe('1968-03-15');
    await page.getByText('DR-CHEST').click();
    await page.getByText('CT-HEAD').click();
    await page.getByText('患者或家属已知情同意').click();
    await page.getByText('急诊', { exact: true }).click();
    await page.locator('#clinicalInfo').fill('车祸后头痛');
    await page.getByRole('button', { name: '提交申请' }).click();
    const done = page.locator('.ant-alert-success');
    await done.waitFor();
    accessionNumbers = (await done.innerText()).match(/I\d{10}/g) ?? [];
    expect(new Set(accessionNumbers).size).toBe(2);
  });

  test('the study stands in the county worklist without a reload', async () => {
    reporter = await signIn(browser, hub.url, 'radiologist1');
    await reporter.page.locator('.hub-bar[role=search]').waitFor();
    const tech = await hub.as('tech1');
    const orders = await Promise.all(
      accessionNumbers.map(
        async (number) => (await tech.get(`/api/orders?accessionNumber=${number}`)).body.items[0],
      ),
    );
    const head = orders.find((order) => order.itemName.includes('CT'));
    const files = phantom({
      accessionNumber: head.accessionNumber,
      patientName: '钱伟',
      patientId: idCard,
      sex: 'M',
      birthDate: '1968-03-15',
      modality: 'CT',
      slices: 24,
    });
    const folder = await mkdtemp(path.join(os.tmpdir(), 'hub-e2e-'));
    if (storescu) {
      const paths = files.map((_, index) => path.join(folder, `${index}.dcm`));
      await Promise.all(paths.map((file, index) => writeFile(file, files[index] ?? '')));
      await run(storescu, [
        '-aet',
        'LIUHE',
        '-aec',
        'HUB',
        '127.0.0.1',
        String(hub.roles.addresses.dimse),
        ...paths,
      ]);
    } else await stow(hub.url, tech, files);
    const row = reporter.page.locator(`tr[data-order="${head.orderId}"]`);
    const fresh = reporter.page.locator('.hub-fresh');
    await row.or(fresh).first().waitFor();
    if (await fresh.isVisible()) await fresh.click();
    await row.waitFor();
    expect(await row.innerText()).toContain('剩');
    await row.dblclick();
    await rm(folder, { recursive: true, force: true });
  });

  test('a radiologist claims it, sees and measures the images, writes and submits', async () => {
    const { page } = reporter;
    await page.locator('[data-state=shown]').waitFor({ timeout: 120_000 });
    await page.getByRole('button', { name: '领取' }).click();
    await page.locator('#report-findings:not([disabled])').waitFor();

    const canvas = page.locator('.hub-viewport-canvas').first();
    await canvas.click();
    await page.keyboard.press('PageDown');
    await page.locator('.hub-overlay-bl').filter({ hasText: '11 / 24' }).waitFor();
    expect(await brightness(page)).toBeGreaterThan(10);
    await page.keyboard.press('1'); // lung window: the ellipse is white now
    await page.locator('.hub-overlay-br').filter({ hasText: 'W 1500 L -600' }).waitFor();
    await page.keyboard.press('l');
    const box = await canvas.boundingBox();
    if (!box) throw new Error('the viewport has no size');
    await page.mouse.move(box.x + box.width * 0.45, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.5, { steps: 5 });
    await page.mouse.up();

    await page.locator('#report-findings').fill('脑实质密度均匀。');
    await page.waitForTimeout(400);
    await page.keyboard.press('Alt+m');
    // named by the number its device gave it: the stack stands from the top, the device counted from below
    await expect.poll(() => page.locator('#report-findings').inputValue()).toMatch(/图 14：\d+\.\d mm/);
    await page.locator('#report-impression').fill('头颅 CT 平扫未见异常。');
    await page.locator('.hub-saved[data-saving=idle]').filter({ hasText: '已保存' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('.hub-strip .hub-status').filter({ hasText: '待审核' }).waitFor();
  });

  test('a second radiologist verifies and signs with the PIN', async () => {
    verifier = await signIn(browser, hub.url, 'radiologist2');
    const { page } = verifier;
    await page.goto(reporter.page.url());
    await page.getByRole('button', { name: '签发', exact: true }).click();
    await page.getByLabel('签名密码').fill('000000');
    await page.keyboard.press('Enter');
    await page.locator('.ant-modal .ant-alert-error').waitFor();
    await page.getByLabel('签名密码').fill('246810');
    await page.keyboard.press('Enter');
    await page.locator('.hub-versions').filter({ hasText: '有效' }).waitFor({ timeout: 120_000 });
    const { detail } = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('detail')
      .where('action', '=', 'report.signature')
      .where('subjectId', '=', page.url().split('/').pop() ?? '')
      .executeTakeFirstOrThrow();
    expect(detail).toMatchObject({
      asToldByBrowser: { shown: { quality: 'diagnostic', series: [{ images: 24, full: 1 }] } },
    });
  });

  test('the township reads the signed PDF and acknowledges; the timeline shows every step', async () => {
    const { page } = doctor;
    await page.goto(`${hub.url}/home`);
    await page.getByRole('link', { name: '钱伟' }).first().click();
    await page.getByText('头颅 CT 平扫未见异常。').waitFor();
    const client = await hub.as('doctor1');
    const id = page.url().split('/').at(-1) ?? '';
    const pdf = await client.get(`/api/orders/${id}/report.pdf`);
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-');
    await page.getByRole('button', { name: '阅读确认' }).click();
    await page.locator('.hub-strip .hub-status').filter({ hasText: '已阅读' }).waitFor();
    const steps = await page.locator('.hub-timeline b').allInnerTexts();
    for (const step of ['申请', '核收', '领取', '提交审核', '签发', '阅读确认'])
      expect(steps).toContain(step);
  });

  test('documents in clear need a reason, which the audit keeps, and are hidden again', async () => {
    const { page } = doctor;
    expect(await page.locator('.hub-strip').innerText()).not.toContain(idCard);
    await page.getByRole('button', { name: '查看完整信息' }).click();
    const dialog = page.locator('.ant-modal:visible');
    await dialog.getByLabel('查看原因').fill('电话通知转诊');
    await dialog.getByLabel('查看原因').press('Enter');
    await dialog.getByText(idCard).waitFor();
    await dialog.getByRole('button', { name: /^隐藏/ }).click();
    await dialog.waitFor({ state: 'hidden' });
    const { detail } = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('detail')
      .where('action', '=', 'patient.unmask')
      .executeTakeFirstOrThrow();
    expect(detail).toEqual({ reason: '电话通知转诊' });
  });

  test('nothing failed on the way and no other host was asked', () => {
    expect([...doctor.faults, ...reporter.faults, ...verifier.faults]).toEqual([]);
  });
});

/** Mean grey value of what the first viewport shows. */
async function brightness(page: Person['page']): Promise<number> {
  const { channels } = await sharp(await page.locator('.hub-viewport-canvas').first().screenshot()).stats();
  return channels[0]?.mean ?? 0;
}
