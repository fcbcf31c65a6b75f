import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { sealEveryRow } from '../../helpers/audit.ts';
import { able, dialogOf, enter, failsAndComesBack, hub, openGround, place } from './ground.ts';

describe.skipIf(!able)('the audit trail (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  let order: { id: string; accessionNumber: string };
  const rows = () => page.locator('tr.ant-table-row');
  beforeAll(async () => {
    order = await place();
    await fetch(`${hub.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: hub.url },
      body: JSON.stringify({ username: 'doctor1', password: 'Wrong-2026!' }),
    });
    page = await enter('auditor1', '/audit');
    await rows().first().waitFor();
  });

  test('tells who did what when, in words with the code beside them, and what was denied in another tone', async () => {
    await rows()
      .filter({ hasText: /郑国华[\s\S]*order\.create[\s\S]*完成/ })
      .first()
      .waitFor();
    const denied = rows()
      .filter({ hasText: /拒绝|失败/ })
      .first();
    await denied.locator('.hub-tone-breach').waitFor();
    await rows().filter({ hasText: 'order.create' }).first().locator('.ant-table-row-expand-icon').click();
    await page.locator('.ant-table-expanded-row pre').filter({ hasText: 'requestId' }).waitFor();
    const words = await page.locator('thead').innerText();
    for (const title of ['时间', '操作人', '操作', '对象', '结果', '地址', '已封存'])
      expect(words).toContain(title);
  });

  test('is narrowed by act, subject and outcome, each taken back by itself', async () => {
    const all = await rows().count();
    await page.getByLabel('操作或代码').fill('申请');
    await page.locator('.ant-select-item-option').filter({ hasText: 'order.create' }).first().click();
    await expect.poll(() => rows().filter({ hasNotText: 'order.create' }).count()).toBe(0);
    expect(await rows().count()).toBeGreaterThan(0);
    await page.getByLabel('操作或代码').fill('');
    await expect.poll(() => rows().count()).toBeGreaterThanOrEqual(all);
    await page.getByLabel('对象编号').fill(order.id);
    await page.keyboard.press('Enter');
    await expect.poll(() => rows().filter({ hasNotText: order.id }).count()).toBe(0);
    await page.getByLabel('对象编号').fill('01234567-89ab-7cde-8f01-23456789abcd');
    await page.keyboard.press('Enter');
    await page.getByText('没有符合条件的审计记录。').waitFor();
    await page.getByLabel('对象编号').fill('');
    await page.keyboard.press('Enter');
    await page.getByLabel('结果').click();
    await page.locator('.ant-select-dropdown:visible').getByTitle('拒绝', { exact: true }).click();
    await expect.poll(() => rows().filter({ hasText: '完成' }).count()).toBe(0);
    await page.reload();
  });

  test('is exported with the codes, so that another program can read it', async () => {
    await rows().first().waitFor();
    await page.getByRole('button', { name: '导出' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'CSV' }).click(),
    ]);
    const [head, ...lines] = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
    expect(head).toContain('代码');
    expect(lines.some((line) => line.includes('order.create'))).toBe(true);
  });

  test('the chain is checked on demand: whole when nothing was touched, broken when a row was', async () => {
    await sealEveryRow(hub.ctx);
    await page.getByRole('button', { name: '验证审计链' }).click();
    await page.locator('.ant-modal-confirm-success').filter({ hasText: '审计链完整' }).waitFor();
    await page.locator('.ant-modal-confirm-btns button').click();
    await dialogOf(page).waitFor({ state: 'hidden' });
    await page.reload();
    await rows().filter({ hasText: '是' }).first().waitFor(); // sealed
  });

  test('is the auditor’s alone, and says when it cannot be read', async () => {
    await failsAndComesBack(page, '/api/audit', 'tr.ant-table-row');
    await page.context().close();
    for (const username of ['admin1', 'doctor1']) {
      const other = await enter(username, '/audit');
      await other.locator('.hub-state[role=alert]').filter({ hasText: '您没有此项权限' }).waitFor();
      expect(await other.getByRole('link', { name: '审计' }).count()).toBe(0);
      await other.context().close();
    }
  });
});
