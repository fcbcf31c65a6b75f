import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completeIdCard } from '../../server/standards/identity/idCard.ts';
import { startHub, type TestHub } from '../helpers/hub.ts';
import { findChromium, launchBrowser, signIn, viewerBuilt } from './browser.ts';

const able = findChromium() !== undefined && viewerBuilt;
const axePath = path.join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js');
const NAME = '不该出现者';
const PAGES = ['', '/turnaround', '/tickets', '/reviews', '/recognition', '/bulletins', '/settlement', '/work', '/algorithms', '/regulator', '/../notifiable', '/../notifiable?area=summary', '/../notifiable?area=rules']; // prettier-ignore

interface Finding {
  id: string;
  impact: string | null;
  nodes: { target: string[] }[];
}

describe.skipIf(!able)('the quality side (needs Chromium and the built viewer)', () => {
  let hub: TestHub;
  let browser: Browser;
  let orderId = '';
  const card = completeIdCard('32062119720518108');

  beforeAll(async () => {
    hub = await startHub({ env: { HUB_ROLES: 'web' } });
    browser = await launchBrowser();
    const [doctor, reader, verifier] = await Promise.all(
      ['doctor1', 'radiologist1', 'radiologist2'].map((name) => hub.as(name)),
    );
    const made = await doctor!.post('/api/orders', {
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'routine',
      patient: {
        name: NAME,
        sex: 'F',
        birthDate: '1972-05-18',
        identifiers: [{ type: 'id-card', value: card }],
      },
      remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
    });
    orderId = made.body.id;
    await reader!.post(`/api/orders/${orderId}/accept`);
    await reader!.post(`/api/orders/${orderId}/claim`);
    await reader!.put(
      `/api/orders/${orderId}/report`,
      { findings: '双肺清晰', impression: '心肺未见异常', positive: false, critical: false },
      { 'If-Match': '"0"' },
    );
    await reader!.post(`/api/orders/${orderId}/report/submit`);
    const signed = await verifier!.post(`/api/orders/${orderId}/report/sign`, { pin: '246810' });
    expect(signed.status, JSON.stringify(signed.body)).toBe(200);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  test('shows its pages without serious accessibility faults and without untranslated words', async () => {
    const axe = await readFile(axePath, 'utf8');
    const { page, faults } = await signIn(browser, hub.url, 'qa1');
    const found: string[] = [];
    for (const each of PAGES) {
      await page.goto(`${hub.url}/quality${each}`);
      await page.locator('#content h1').first().waitFor();
      await page.locator('.hub-loading, .ant-spin-spinning').first().waitFor({ state: 'detached' });
      await page.evaluate(axe);
      const findings = await page.evaluate<Finding[]>(
        'axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)',
      );
      for (const finding of findings)
        if (finding.impact === 'serious' || finding.impact === 'critical')
          found.push(`${each} ${finding.id}: ${finding.nodes[0]?.target.join(' ')}`);
      const raw = await page.evaluate<string[]>(
        '[...document.body.innerText.matchAll(/\\b(?:quality|recognition|bulletin|settlement|algorithm|work|ticketRule|review|whatIf|notifiable|rule|areas)\\.[a-zA-Z.-]+/g)].map((m) => m[0])',
      );
      found.push(...raw.map((word) => `${each} untranslated ${word}`));
    }
    expect([...found, ...faults]).toEqual([]);
    await page.context().close();
  });

  test('the regulator’s pages and wall name no patient, whatever they ask the hub', async () => {
    const { page } = await signIn(browser, hub.url, 'regulator1');
    const answers: string[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/api/'))
        void response.text().then(
          (text) => answers.push(text),
          () => undefined,
        );
    });
    for (const each of ['/quality/wall', '/quality/regulator', '/quality/recognition', '/quality']) {
      await page.goto(hub.url + each);
      await page.locator('h1').first().waitFor();
      await page.locator('.hub-loading, .ant-spin-spinning').first().waitFor({ state: 'detached' });
      expect(await page.locator('body').innerText(), each).not.toContain(NAME);
    }
    expect(answers.length).toBeGreaterThan(3);
    for (const text of answers) expect(text).not.toContain(NAME);
    await page.context().close();
  });

  test('another hospital opens a share by its code and reads the report', async () => {
    const doctor = await hub.as('doctor1');
    const made = await doctor.post('/api/shares', {
      orderIds: [orderId],
      purpose: '外院就诊',
      consentBy: '本人',
    });
    expect(made.status, JSON.stringify(made.body)).toBeLessThan(300);
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
    context.setDefaultTimeout(90_000);
    const page = await context.newPage();
    await page.goto(`${hub.url}/share#${String(made.body.code).replaceAll('-', '')}`);
    await page.locator('#factor').fill('0000');
    await page.locator('#hospital').fill('省人民医院');
    await page.locator('#person').fill('李医生');
    await page.locator('button[type=submit]').click();
    await page.locator('.ant-alert-error').waitFor();
    await page.locator('#factor').fill(card.slice(-4));
    await page.locator('button[type=submit]').click();
    await page.getByText('心肺未见异常').waitFor();
    expect(page.url()).not.toContain('#');
    await doctor.post(`/api/shares/${made.body.id}/revoke`, { reason: '患者要求' });
    await page.reload();
    await page.locator('#code').waitFor();
    await context.close();
  });
});
