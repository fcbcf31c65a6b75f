import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type TestHub } from '../helpers/hub.ts';
import { stow } from '../integrations/dicomweb/client.ts';
import { findChromium, launchBrowser, signIn, viewerBuilt } from './browser.ts';
import { phantom } from './phantom.ts';

const able = findChromium() !== undefined && viewerBuilt;
const axePath = path.join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js');

const every = process.env.HUB_E2E_ALL === '1';

interface Finding {
  id: string;
  impact: string | null;
  nodes: { target: string[]; failureSummary?: string }[];
}

/** Pages by the person who works there; `case` stands for the one imaging case. */
const pages: [username: string, paths: string[]][] = [
  ['doctor1', ['/home', '/orders', '/orders/new', '/upload', '/critical', '/account', 'case']],
  ['radiologist1', ['/imaging', '/search?q=无', 'case']],
  ['registrar1', ['/queue']],
  ['admin1', ['/admin/institutions', '/admin/staff', '/admin/devices', '/admin/tokens']],
  ['head1', ['/admin/templates', '/admin/policies', '/admin/calendar', '/admin/roster']],
  ['auditor1', ['/audit']],
];

describe.skipIf(!able)('every page (needs Chromium and the built viewer)', () => {
  let hub: TestHub;
  let browser: Browser;
  let axe: string;
  let orderId = '';

  beforeAll(async () => {
    axe = await readFile(axePath, 'utf8');
    hub = await startHub();
    browser = await launchBrowser();
    const doctor = await hub.as('doctor1');
    const made = await doctor.post('/api/orders', {
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'urgent',
      patient: {
        name: '欧阳测试甲',
        sex: 'M',
        birthDate: '1968-03-15',
        identifiers: [{ type: 'id-card', value: '320681196803152116' }],
      },
      remoteConsent: { by: '本人', at: new Date().toISOString() },
    });
    orderId = made.body.id;
    const files = phantom({
      accessionNumber: made.body.accessionNumber,
      patientName: '欧阳测试甲',
      patientId: '320681196803152116',
      sex: 'M',
      birthDate: '1968-03-15',
      modality: 'DX',
      slices: 2,
    });
    await stow(hub.url, await hub.as('tech1'), files);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  test.each(pages)(
    '%s finds pages without serious accessibility faults, light and dark, in both languages',
    async (username, paths) => {
      const found: string[] = [];
      for (const [turn, language, mode] of [
        [0, 'zh-CN', 'light'],
        [1, 'en-US', 'dark'],
      ] as const) {
        // Each page once, in turn light or dark; all four ways when asked, as before a release.
        const mine = paths.filter(
          (each, index) => every || (each === 'case' && username.startsWith('radio')) || index % 2 === turn,
        );
        if (mine.length === 0) continue;
        const { page, faults } = await signIn(browser, hub.url, username, language);
        await page.context().addInitScript((chosen) => localStorage.setItem('hub.mode', chosen), mode);
        for (const each of mine) {
          await page.goto(hub.url + (each === 'case' ? `/orders/${orderId}` : each));
          await page.locator('#content > *').first().waitFor();
          await page
            .locator('.hub-loading, .ant-spin-spinning')
            .first()
            .waitFor({ state: 'detached', timeout: 120_000 });
          if (each === 'case') await page.locator('[data-state=shown]').first().waitFor({ timeout: 120_000 });
          await page.evaluate(axe);
          const findings = await page.evaluate<Finding[]>(
            'axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)',
          );
          for (const finding of findings) {
            if (finding.impact !== 'serious' && finding.impact !== 'critical') continue;
            found.push(
              `${each} ${mode} ${finding.id}: ${finding.nodes
                .map((node) => node.target.join(' '))
                .slice(0, 3)
                .join(' | ')}`,
            );
          }
          if (await overflows(page)) found.push(`${each} ${mode} scrolls sideways at 1366`);
          const raw = await page.evaluate<string[]>(
            '[...document.body.innerText.matchAll(/\\b(?:[a-z]+:)?[a-z]+(?:\\.[a-zA-Z-]+){1,3}\\b/g)].map((m) => m[0])',
          );
          const keys =
            each === '/audit'
              ? []
              : raw.filter((text) =>
                  /^(shell|imaging|order|home|admin|audit|critical|upload|account|login):?\b/.test(text),
                );
          if (keys.length > 0)
            found.push(`${each} ${language} shows untranslated ${keys.slice(0, 3).join(', ')}`);
        }
        found.push(...faults);
        await page.context().close();
      }
      expect(found).toEqual([]);
    },
    180_000,
  );
});

async function overflows(page: { evaluate<T>(script: string): Promise<T> }): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth + 1');
}
