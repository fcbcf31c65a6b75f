import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  bowieDick,
  GOOD_STEAM,
  GOOD_WASH,
  newPacked,
  ok,
  startSterileHub,
  type SterileHub,
} from '../server/sterilization/helpers.ts';
import { findChromium, launchBrowser, signIn, viewerBuilt, type Person } from './browser.ts';

const able = findChromium() !== undefined && viewerBuilt;

/** As a scanner in keyboard-wedge mode types: wherever the focus is. */
async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}

/** Opens a station and waits until its scan field listens. */
async function openStation(person: Person, url: string, station: string): Promise<Page> {
  await person.page.goto(`${url}/sterilization/station/${station}`);
  await person.page.locator('.cssd-scan input').waitFor();
  return person.page;
}

/** Faults of the pages. A hub out of resources says so (503, asked again): that is no fault of a page. */
const faultsOf = (...people: Person[]): string[] =>
  people.flatMap((person) => person.faults).filter((fault) => !fault.startsWith('503 '));

/** What the station said of a scan; an act that follows the scan says `word`. */
const line = (page: Page, outcome: 'ok' | 'wrong' | 'queued', code: string, word = '') =>
  page.locator(`.cssd-line-${outcome}`, { hasText: code }).filter({ hasText: word }).first();

describe.skipIf(!able)('sterile supply in the browser (needs Chromium and the built viewer)', () => {
  let hub: SterileHub;
  let browser: Browser;
  let nurse: Person;
  let cssd: Person;
  let releaser: Person;

  beforeAll(async () => {
    [hub, browser] = await Promise.all([startSterileHub(), launchBrowser()]);
    [nurse, cssd, releaser] = await Promise.all([
      signIn(browser, hub.url, 'nurse1'),
      signIn(browser, hub.url, 'cssd1'),
      signIn(browser, hub.url, 'cssd2'),
    ]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  test('from the dirty box to the patient, and traced back', { timeout: 400_000 }, async () => {
    // The township hands over a used tray by scanning it.
    await nurse.page.goto(`${hub.url}/sterilization/site?tab=return`);
    await nurse.page.locator('.cssd-scan input').waitFor();
    await scan(nurse.page, 'T-HANDPIECE-01');
    await nurse.page.getByRole('button', { name: '交接 1 件' }).click();
    await line(nurse.page, 'ok', '回收交接').waitFor();
    const waiting = (await hub.courier.get('/api/sterilization/returns?state=waiting')).body.items[0];
    const collected = await ok(hub.courier, 'collect', { returnNumber: waiting.number });
    const code = collected.packs[0].code as string;

    // Counted, inspected and packed by scan; a step out of order is refused and says what is missing.
    let page = await openStation(cssd, hub.url, 'pack');
    await scan(page, code);
    await page.locator('.cssd-line-wrong', { hasText: '缺少步骤' }).waitFor();
    page = await openStation(cssd, hub.url, 'count');
    await scan(page, 'T-HANDPIECE-01');
    await page.getByRole('button', { name: '齐全，完成清点' }).click();
    await line(page, 'ok', code, '清点完成').waitFor();
    const wash = await ok(hub.cssd, 'start-wash', { machine: 'W1', programme: 'P1', codes: [code] });
    await ok(hub.cssd, 'end-wash', { washLoadId: wash.id, parameters: GOOD_WASH });
    page = await openStation(cssd, hub.url, 'dry');
    await scan(page, code);
    await line(page, 'ok', code).waitFor();
    page = await openStation(cssd, hub.url, 'inspect');
    await scan(page, code);
    await page.getByRole('button', { name: '清洁、功能良好、齐全' }).waitFor();
    await scan(page, 'I-HANDPIECE-HANDPIECE-01');
    await page.locator('.cssd-code', { hasText: 'I-HANDPIECE-HANDPIECE-01' }).waitFor();
    await page.getByRole('button', { name: '清洁、功能良好、齐全' }).click();
    await line(page, 'ok', code, '检查完成').waitFor();
    page = await openStation(cssd, hub.url, 'pack');
    await scan(page, code);
    await line(page, 'ok', code).waitFor();

    // The load is released in the browser by the authorised person, with the PIN.
    await bowieDick(hub, 'S1');
    const load = await ok(hub.cssd, 'start-load', {
      machine: 'S1',
      programme: 'S134',
      codes: [code],
      biologicalLot: 'B7',
    });
    await ok(hub.cssd, 'record-cycle', { loadId: load.id, parameters: GOOD_STEAM });
    await ok(hub.cssd, 'record-indicator', { loadId: load.id, kind: 'outer-chemical', outcome: 'pass' });
    await releaser.page.goto(`${hub.url}/sterilization/loads/${load.id}`);
    await releaser.page.getByRole('button', { name: '放行' }).click();
    await releaser.page.locator('#pin').fill('246810');
    await releaser.page.locator('#pin').press('Enter');
    await releaser.page.getByRole('link', { name: '放行记录 PDF' }).waitFor();
    await ok(hub.cssd, 'dispatch', { to: 'LIUHE', codes: [code] });

    // Received and used at the township by scan, tied to the patient.
    await nurse.page.goto(`${hub.url}/sterilization/site?tab=receive`);
    await nurse.page.locator('.cssd-list li', { hasText: code }).waitFor();
    await scan(nurse.page, code);
    await line(nurse.page, 'ok', code).waitFor();
    await nurse.page.goto(`${hub.url}/sterilization/site?tab=use`);
    await nurse.page.locator('.cssd-scan input').waitFor();
    await scan(nurse.page, code);
    await nurse.page.locator('.cssd-card').getByText('合格', { exact: true }).click();
    await nurse.page.locator('#name').fill('张桂英');
    await nurse.page.locator('#value').fill('LH-000317');
    await nurse.page.getByRole('button', { name: '登记使用' }).click();
    await line(nurse.page, 'ok', code, '已用于').waitFor();

    // From the instrument forwards to the patient, from the patient back to the load.
    await releaser.page.goto(`${hub.url}/sterilization/trace?code=I-HANDPIECE-HANDPIECE-01`);
    await releaser.page.getByRole('link', { name: /张桂英/ }).click();
    await releaser.page.getByRole('link', { name: load.number }).waitFor();
    expect(faultsOf(nurse, cssd, releaser)).toEqual([]);
  });

  test(
    'scans made without a line are kept, taken over in order, and a conflict is shown',
    { timeout: 300_000 },
    async () => {
      const codes = await newPacked(hub, 'SUTURE-OUT', 1);
      const begun = await ok(hub.cssd, 'begin-new', { setTypeCode: 'SUTURE-OUT', quantity: 2 });
      const fresh = begun.packs.map((pack: { code: string }) => pack.code) as string[];
      for (const code of fresh) await ok(hub.cssd, 'count', { code });
      const wash = await ok(hub.cssd, 'start-wash', { machine: 'W2', programme: 'P1', codes: fresh });
      await ok(hub.cssd, 'end-wash', { washLoadId: wash.id, parameters: GOOD_WASH });
      const page = await openStation(cssd, hub.url, 'dry');
      await page.context().setOffline(true);
      const [first, second] = fresh as [string, string];
      const packed = codes[0] ?? '';
      // The one in the middle is long packed: drying it is refused when the line is back, the others are not.
      for (const code of [first, packed, second]) {
        await scan(page, code);
        await line(page, 'queued', code).waitFor();
      }
      await page.getByRole('status').getByText('3 条待上传').waitFor();
      expect((await hub.cssd.get(`/api/sterilization/packs/${first}`)).body.state).toBe('washed');
      // The next shift signs in at this tablet: the scans stay those of the person who made them.
      // His session ends first: a page that is left may still send what it keeps.
      await page.context().clearCookies();
      await page.goto('about:blank');
      await page.context().setOffline(false);
      await page.goto(`${hub.url}/login`);
      await page.locator('#username').fill('cssd2');
      await page.locator('#password').fill('Demo-2026!');
      await page.locator('button[type=submit]').click();
      await page.waitForURL((to) => !to.pathname.startsWith('/login'));
      await openStation(cssd, hub.url, 'dry');
      await page.locator('.cssd-line-wrong', { hasText: '补传未被接受' }).waitFor();
      const scanner = (await hub.cssd.get('/api/session')).body.user.name as string;
      await line(page, 'ok', second).getByText(`扫描人 ${scanner}`).waitFor();
      await expect
        .poll(async () => (await hub.cssd.get(`/api/sterilization/packs/${second}`)).body.state, {
          timeout: 120_000,
        })
        .toBe('dried');
      const scans = await hub.ctx.db.selectFrom('cssdScan').selectAll().orderBy('id').execute();
      const staff = await hub.ctx.db.selectFrom('staff').select(['id', 'username']).execute();
      const named = (id: string) => staff.find((one) => one.id === id)?.username;
      expect(scans.map((row) => [named(row.staffId), named(row.takenOverBy)])).toEqual(
        scans.map(() => ['cssd1', 'cssd2']),
      );
      expect(scans.map((row) => [(row.input as { codes: string[] }).codes[0], row.outcome])).toEqual([
        [first, 'accepted'],
        [packed, 'conflict'],
        [second, 'accepted'],
      ]);
      await page.goto(`${hub.url}/sterilization/records`);
      await page.getByText('离线工作站的冲突').waitFor();
      expect(faultsOf(cssd)).toEqual([]);
    },
  );

  test(
    'pages have no serious accessibility faults, in both languages, light and dark',
    { timeout: 400_000 },
    async () => {
      const axe = await readFile(
        path.join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'),
        'utf8',
      );
      const found: string[] = [];
      for (const [language, mode, paths] of [
        [
          'zh-CN',
          'light',
          ['', 'catalogue', 'catalogue?tab=machines', 'inventory', 'station/count', 'loads'],
        ],
        ['en-US', 'dark', ['catalogue?tab=profiles', 'figures', 'loads']],
      ] as const) {
        const head = await signIn(browser, hub.url, 'head1', language);
        await head.page
          .context()
          .addInitScript(`try { localStorage.setItem('hub.mode', '${mode}') } catch {}`);
        for (const each of paths) {
          await head.page.goto(`${hub.url}/sterilization/${each}`);
          await head.page.locator('h1').first().waitFor();
          await head.page.locator('.ant-skeleton').first().waitFor({ state: 'detached' });
          await head.page.evaluate(axe);
          const findings = await head.page.evaluate<
            { id: string; impact: string; nodes: { target: string[] }[] }[]
          >('axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)');
          for (const { id, impact, nodes } of findings)
            if (impact === 'serious' || impact === 'critical')
              found.push(
                `${each} ${mode} ${id}: ${nodes
                  .map((node) => node.target.join(' '))
                  .slice(0, 3)
                  .join(' | ')}`,
              );
          const sideways = await head.page.evaluate<boolean>(
            'document.documentElement.scrollWidth > innerWidth + 1',
          );
          if (sideways) found.push(`${each} scrolls sideways`);
          const keys = await head.page.evaluate<string[]>(
            '[...document.body.innerText.matchAll(/\\b(nav|catalogue|programme|profile|inventory|loaner|rate|figure|load|station|pack|record)\\.[a-zA-Z][a-zA-Z.-]+/g)].map((m) => m[0])',
          );
          if (keys.length > 0) found.push(`${each} ${language} shows ${keys.slice(0, 3).join(', ')}`);
        }
        found.push(...faultsOf(head));
        await head.page.context().close();
      }
      expect(found).toEqual([]);
    },
  );
});
