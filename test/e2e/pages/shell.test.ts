import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { able, enter, hub, openGround, openWindow, orderRow, place, PASSWORD, sign, whileBroken } from './ground.ts'; // prettier-ignore

describe.skipIf(!able)('what stands around every page (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  const content = () => page.locator('#content');
  beforeAll(async () => {
    page = await enter('doctor1', '/orders');
    await content().locator('h1').waitFor();
  });

  test('light or dark is kept on this machine and colours change with it', async () => {
    const colour = () =>
      page.evaluate<string>("getComputedStyle(document.documentElement).getPropertyValue('--hub-page')");
    const mode = () => page.locator('html').getAttribute('data-mode');
    const light = await colour();
    await page.getByRole('button', { name: '切换为深色' }).click();
    await expect.poll(mode).toBe('dark');
    const dark = await colour();
    expect(dark).not.toBe(light);
    await page.reload();
    await expect.poll(mode).toBe('dark');
    expect(await colour()).toBe(dark);
    await page.getByRole('button', { name: '切换为浅色' }).click();
    await expect.poll(mode).toBe('light');
  });

  test('the language changes the page at once, the names of the catalogue too, and stays', async () => {
    await place({ items: [{ code: 'CT-HEAD' }] });
    const row = page.locator('tr.ant-table-row').first();
    await row.filter({ hasText: '头颅 CT 平扫' }).waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await content().getByRole('heading', { name: 'My orders' }).waitFor();
    await row.filter({ hasText: 'CT head, plain' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en-US');
    const rail = await page.locator('nav').first().innerText();
    expect(rail).not.toMatch(/\p{Script=Han}/u);
    expect(await page.evaluate<string>("localStorage.getItem('hub.language')")).toBe('en-US');
    await page.getByRole('button', { name: '中文' }).click();
    await content().getByRole('heading', { name: '我的申请' }).waitFor();
  });

  test('a lost line is told once over every page, and its return too', async () => {
    const line = page.locator('.hub-line');
    await expect.poll(() => line.innerText()).toBe('在线');
    await page.context().setOffline(true);
    await page.locator('.hub-offline').waitFor();
    expect(await line.innerText()).toBe('断线');
    expect(await page.locator('.hub-offline').count()).toBe(1);
    await page.context().setOffline(false);
    await page.locator('.hub-offline').waitFor({ state: 'detached' });
    const { id } = await place();
    await page.locator(`tr[data-row-key="${id}"]`).waitFor(); // it hears of what happens again
  });

  test('a part of the application that cannot be loaded says so; trying again loads it', async () => {
    await page.route('**/assets/*.js', (route) => route.abort('connectionfailed'));
    await page.getByRole('link', { name: '转诊' }).click();
    const state = content().locator('.hub-state[role=alert]');
    await state.filter({ hasText: '页面未能载入' }).waitFor();
    expect(await page.getByRole('link', { name: '我的申请' }).count()).toBe(1); // the rest stays usable
    await page.unroute('**/assets/*.js');
    await state.getByRole('button', { name: '重试' }).click();
    await content().getByRole('heading', { name: '转诊' }).waitFor();
    await page.getByRole('link', { name: '我的申请' }).click();
  });

  test('notices are told by number, read one by one, lead to what they speak of, or are all read at once', async () => {
    const orders = [await place(), await place(), await place()];
    const doctor = await hub.as('doctor1');
    const verifier = await hub.as('radiologist2');
    for (const { id } of orders) {
      await sign(id);
      await doctor.get(`/api/orders/${id}/report.pdf`);
      const amended = await verifier.post(`/api/orders/${id}/report/correct`, {
        reason: '文字错误',
        pin: '246810',
        content: { findings: '双肺清晰', impression: '未见明显异常', positive: false },
      });
      expect(amended.status, JSON.stringify(amended.body)).toBe(200);
    }
    await page.reload();
    const unread = () =>
      hub.ctx.db
        .selectFrom('notification')
        .innerJoin('staff', 'staff.id', 'notification.staffId')
        .where('staff.username', '=', 'doctor1')
        .where('notification.readAt', 'is', null)
        .select('notification.id')
        .execute();
    const n = (await unread()).length;
    expect(n).toBeGreaterThanOrEqual(3);
    await page.getByRole('button', { name: /^通知 \d+ 条$/ }).click();
    const drawer = page
      .locator('.ant-drawer-content-wrapper, .ant-drawer')
      .filter({ hasText: '通知' })
      .last();
    const items = page.locator('.hub-notices li');
    await expect.poll(() => items.count()).toBe(n);
    await items.first().getByRole('button', { name: '已读' }).click();
    await expect.poll(() => items.count()).toBe(n - 1);
    await items.first().locator('.hub-link').click();
    await page.waitForURL('**/orders/*-*');
    expect((await orderRow(page.url().split('/').at(-1) ?? '')).status).toBe('corrected');
    await page.getByRole('button', { name: /^通知 \d+ 条$/ }).click();
    await page.getByRole('button', { name: '全部已读' }).click();
    await drawer.getByText('没有未读通知。').waitFor();
    expect(await unread()).toEqual([]);
    await whileBroken(page, '/api/notifications', 500, async () => {
      await page.reload();
      await page.getByRole('button', { name: /^通知 0 条$/ }).click();
      await page.locator('.ant-drawer .hub-state[role=alert]').waitFor();
    });
    await page.keyboard.press('Escape');
  });

  test('the rail shows what waits in each centre and what is late, and is folded to its signs', async () => {
    const reader = await enter('radiologist1', '/imaging');
    await (await hub.as('radiologist1')).post(`/api/orders/${(await place()).id}/accept`);
    const entry = reader.locator('nav a[href="/imaging"]');
    await expect
      .poll(() =>
        entry
          .locator('.hub-count')
          .first()
          .innerText()
          .catch(() => ''),
      )
      .toMatch(/^\d+$/);
    expect(await reader.locator('nav a[href="/ecg"]').count()).toBe(0); // not this reader's
    await reader.getByRole('button', { name: '收起导航' }).click();
    await reader.getByRole('button', { name: '展开导航' }).waitFor();
    await entry.locator('.hub-rail-label').waitFor({ state: 'hidden' });
    await reader.getByRole('button', { name: '展开导航' }).click();
    await entry.locator('.hub-rail-label').waitFor();
    await reader.context().close();
  });

  test('one page of a person who is signed out elsewhere does not show the next person’s list as his', async () => {
    const shared = await openWindow('/login');
    const signIn = async (username: string) => {
      await shared.locator('#username').fill(username);
      await shared.locator('#password').fill(PASSWORD);
      await shared.locator('button[type=submit]').click();
    };
    await signIn('doctor1');
    await shared.locator('.hub-top').getByText('郑国华').waitFor();
    await shared.getByRole('button', { name: '郑国华' }).click();
    await shared.getByRole('menuitem', { name: '退出' }).click();
    await shared.locator('#username').waitFor();
    await signIn('doctor2');
    await shared.locator('.hub-top').getByText('贺春生').waitFor();
    expect(await shared.locator('body').innerText()).not.toContain('钱多多');
    await shared.context().close();
    await page.context().close();
  });
});
