import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type TestHub } from '../helpers/hub.ts';
import { writeScp } from '../server/ecg/instruments/scpWriter.ts';
import { eightLeads } from '../server/ecg/instruments/synthetic.ts';
import { findChromium, launchBrowser, signIn as signInPlain, viewerBuilt, type Person } from './browser.ts';
import { measurePaper } from './measurePaper.ts';

const able = findChromium() !== undefined && viewerBuilt;
const axePath = path.join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js');

/** A busy machine may need minutes for what a free one shows at once. */
const signIn: typeof signInPlain = async (...args) => {
  const person = await signInPlain(...args);
  person.page.setDefaultTimeout(150_000);
  return person;
};

const recordingOf = (name: string, bpm: number): Buffer =>
  Buffer.from(
    writeScp({ leads: eightLeads(5000, 500, bpm), patient: [{ tag: 0, bytes: Buffer.from(`${name}\0`) }] }),
  );

describe.skipIf(!able)('chest pain at the township (needs Chromium and the built viewer)', () => {
  let hub: TestHub;
  let browser: Browser;
  let axe: string;
  let orderId = '';
  let reader: Person;
  const faults: string[] = [];

  beforeAll(async () => {
    axe = await readFile(axePath, 'utf8');
    hub = await startHub();
    browser = await launchBrowser();
    const doctor = await hub.as('doctor1');
    const made = await doctor.post('/api/orders', {
      center: 'ecg',
      items: [{ code: 'ECG-12' }],
      priority: 'emergency',
      flags: ['chest-pain'],
      patient: {
        name: '欧阳胸痛',
        sex: 'M',
        birthDate: '1968-03-15',
        identifiers: [{ type: 'id-card', value: '320681196803152116' }],
      },
      remoteConsent: { by: '本人', at: new Date().toISOString() },
    });
    orderId = made.body.id;
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  /** Serious faults of axe, words that have no translation, sideways scrolling. */
  async function check(page: Page, where: string): Promise<string[]> {
    await page.locator('.hub-loading').first().waitFor({ state: 'detached', timeout: 150_000 });
    await page.evaluate(axe);
    const findings = await page.evaluate<{ id: string; impact: string; nodes: { target: string[] }[] }[]>(
      'axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)',
    );
    const found = findings
      .filter((finding) => finding.impact === 'serious' || finding.impact === 'critical')
      .map(
        (finding) =>
          `${where} ${finding.id}: ${finding.nodes
            .map((node) => node.target.join(' '))
            .slice(0, 3)
            .join(' | ')}`,
      );
    const text = await page.evaluate<string>('document.body.innerText');
    const keys = text.match(/\b(?:ecg|shell|upload):?\.?[a-z]+\.[a-zA-Z.-]+/g) ?? [];
    if (keys.length > 0) found.push(`${where} shows untranslated ${keys.slice(0, 3).join(', ')}`);
    if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth + 1'))
      found.push(`${where} scrolls sideways`);
    return found;
  }

  test('the technician sends the file of the machine; another patient in it is told, not joined', async () => {
    const tech = await signIn(browser, hub.url, 'tech1');
    const { page } = tech;
    await page.goto(`${hub.url}/orders/${orderId}`);
    const input = page.locator('input[type=file]').first();
    await input.waitFor({ state: 'attached' });
    await input.setInputFiles({
      name: 'wrong.scp',
      mimeType: 'application/octet-stream',
      buffer: recordingOf('李四', 61),
    });
    await page.locator('.ant-alert-warning').getByText('李四').waitFor();
    await input.setInputFiles({
      name: 'chest.scp',
      mimeType: 'application/octet-stream',
      buffer: recordingOf('欧阳胸痛', 84),
    });
    await page.locator('.ant-alert-success').waitFor();
    await page.goto(`${hub.url}/upload#ecg`);
    await page
      .locator('input[type=file]')
      .last()
      .setInputFiles([
        { name: 'stray.scp', mimeType: 'application/octet-stream', buffer: recordingOf('赵无单', 77) },
        { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('no recording at all') },
      ]);
    await page.getByText('已补录').waitFor();
    await page.getByText('无法读取,已保留').waitFor();
    expect(await check(page, '/upload#ecg')).toEqual([]);
    faults.push(...tech.faults);
    await page.context().close();
  }, 240_000);

  /** Times that the recording was read, or fetched before anybody looked. */
  const looks = async (ahead: boolean): Promise<number> => {
    const rows = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('subjectId')
      .where('action', '=', 'ecg.read')
      .where(sql<boolean>`coalesce((detail->>'ahead')::boolean, false) = ${ahead}`)
      .execute();
    return rows.length;
  };

  test('it stands first in the emergency lane, made ready while pointed at, is read with the statement library and signed', async () => {
    reader = await signIn(browser, hub.url, 'cardiologist1');
    const { page } = reader;
    await page.goto(`${hub.url}/ecg`);
    await page.getByText('当班').waitFor();
    const row = page.locator('[role=row], tr').filter({ hasText: '欧阳胸痛' }).first();
    await row.waitFor();
    expect(await check(page, '/ecg')).toEqual([]);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await row.hover();
    await expect.poll(() => asked.some((url) => /\/samples$/.test(url)), { timeout: 60_000 }).toBe(true);
    expect(await looks(true)).toBe(1);
    expect(await looks(false)).toBe(0);
    asked.length = 0;
    await row.dblclick();
    await page.locator('.ecg-paper canvas[data-drawn]').waitFor();
    await expect.poll(() => looks(false), { timeout: 60_000 }).toBe(1);
    expect(asked.filter((url) => /\/samples/.test(url))).toEqual([]);
    page.removeAllListeners('request');
    // a page higher than the screen scrolls inside: the technique line stays in sight
    for (let i = 0; i < 6; i++) await page.getByRole('button', { name: '放大' }).click();
    await page.getByRole('combobox', { name: '布局' }).first().click();
    await page.locator('.ant-select-item-option').filter({ hasText: '12×1' }).first().click();
    await expect
      .poll(
        () =>
          page.evaluate<boolean>(`(() => {
          const bottom = (which) => document.querySelector(which).getBoundingClientRect().bottom;
          return document.querySelector('.ecg-paper').scrollHeight > 700 && bottom('.ecg-technique') <= bottom('.ecg-reading') + 1;
        })()`),
        { timeout: 60_000 },
      )
      .toBe(true);
    await page.getByRole('button', { name: /^\d+%$/ }).click();
    await page.getByRole('button', { name: '领取' }).click();
    const picker = page.getByRole('combobox', { name: /术语|拼音|编号/ }).first();
    await picker.waitFor();
    await picker.fill('dxxl');
    await page.locator('.ant-select-item-option').filter({ hasText: '窦性心律' }).first().click();
    await expect
      .poll(() => page.locator('#report-impression').inputValue(), { timeout: 120_000 })
      .toContain('窦性心律');
    for (const dismiss of await page
      .locator('.ecg-flag.is-critical')
      .getByRole('button', { name: '排除' })
      .all())
      await dismiss.click();
    await expect.poll(() => page.locator('.ant-select-dropdown:visible').count()).toBe(0);
    expect(await check(page, 'case')).toEqual([]);
    await page.getByRole('button', { name: '签发' }).click();
    await page.locator('input[type=password]').fill('246810');
    await page.locator('input[type=password]').press('Enter');
    await expect
      .poll(async () => (await (await hub.as('doctor1')).get(`/api/orders/${orderId}`)).body.status, {
        timeout: 120_000,
      })
      .toBe('final');
  }, 240_000);

  test('the township doctor acknowledges', async () => {
    const doctor = await signIn(browser, hub.url, 'doctor1');
    await doctor.page.goto(`${hub.url}/orders/${orderId}`);
    await doctor.page.getByRole('button', { name: '阅读确认' }).first().click();
    await expect
      .poll(async () => (await (await hub.as('doctor1')).get(`/api/orders/${orderId}`)).body.status, {
        timeout: 120_000,
      })
      .toBe('acknowledged');
    faults.push(...doctor.faults);
    await doctor.page.context().close();
  }, 240_000);

  test('a critical flag that is confirmed is reported and ticked in the report', async () => {
    const doctor = await hub.as('doctor1');
    const made = await doctor.post('/api/orders', {
      center: 'ecg',
      items: [{ code: 'ECG-12' }],
      priority: 'emergency',
      patient: {
        name: '孙慢',
        sex: 'F',
        birthDate: '1950-02-03',
        identifiers: [{ type: 'mrn', value: 'MAN-1' }],
      },
      remoteConsent: { by: '本人', at: new Date().toISOString() },
    });
    const tech = await hub.as('tech1');
    const sent = await fetch(`${hub.url}/api/ecg/recordings?orderId=${made.body.id}`, {
      method: 'POST',
      headers: { cookie: tech.cookie, origin: hub.url, 'content-type': 'application/octet-stream' },
      body: Uint8Array.from(recordingOf('孙慢', 33)),
    });
    expect(sent.status).toBe(201);
    const person = await signIn(browser, hub.url, 'cardiologist1');
    const { page } = person;
    await page.goto(`${hub.url}/orders/${made.body.id}`);
    await page.getByRole('button', { name: '领取' }).click();
    await page
      .locator('.ecg-flag.is-critical.is-open')
      .first()
      .getByRole('button', { name: /^确\s*认$/ })
      .click();
    await page.getByRole('button', { name: '确认并上报危急值' }).click();
    await page.locator('.ecg-flag.is-critical.is-confirmed').first().waitFor();
    await expect
      .poll(() => page.getByRole('checkbox', { name: '危急值' }).isChecked(), { timeout: 60_000 })
      .toBe(true);
    const found = await doctor.get('/api/critical?limit=20');
    expect(found.body.items.map((each: { orderId: string }) => each.orderId)).toContain(made.body.id);
    faults.push(...person.faults);
    await page.context().close();
  }, 240_000);

  test('twelve leads at 1920×1080 are drawn and dragged nearly as fast as this browser draws anything', async () => {
    const { page } = reader;
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.goto(`${hub.url}/orders/${orderId}`);
    await page.locator('.ecg-paper canvas[data-drawn]').waitFor();
    await page.locator('.ecg-paper').focus();
    await page.keyboard.press('5');
    await page.keyboard.press('=');
    await expect
      .poll(() => page.locator('.ecg-paper canvas').getAttribute('data-drawn'), { timeout: 120_000 })
      .not.toBe('1');
    const figures = await measurePaper(page);
    if (process.env.HUB_E2E_FIGURES) console.log(figures);
    expect(figures.drawMs).toBeLessThan(8 * figures.referenceMs + 4);
    // a frame of dragging costs what it waits for the next frame and what it draws, nothing else
    expect(1000 / figures.panFps).toBeLessThan(2500 / figures.idleFps + 10 * figures.referenceMs);
    faults.push(...reader.faults);
    await page.context().close();
  }, 240_000);

  test('the other pages, the phone at 390 px among them, have no serious accessibility fault', async () => {
    const found: string[] = [];
    const open = async (username: string, paths: string[], language: 'zh-CN' | 'en-US', width = 1366) => {
      const person = await signIn(browser, hub.url, username, language);
      await person.page.setViewportSize({ width, height: width < 500 ? 844 : 768 });
      await person.page
        .context()
        .addInitScript(
          (mode) => localStorage.setItem('hub.mode', mode),
          language === 'en-US' ? 'dark' : 'light',
        );
      for (const each of paths) {
        await person.page.goto(hub.url + each);
        await person.page.locator('h1, .ecg-phone .hub-strip, .ecg-phone canvas').first().waitFor();
        found.push(...(await check(person.page, `${each} ${language}`)));
      }
      faults.push(...person.faults);
      await person.page.context().close();
    };
    await open('registrar1', ['/ecg/unmatched'], 'zh-CN');
    await open('head1', ['/ecg/statements', '/ecg/statistics'], 'en-US');
    await open('cardiologist2', [`/ecg/phone/${orderId}`], 'zh-CN', 390);
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
  }, 240_000);
});
