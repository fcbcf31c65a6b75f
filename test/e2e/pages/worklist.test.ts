import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { able, dialogOf, enter, failsAndComesBack, hub, openGround, orderRow, place, saidIn } from './ground.ts'; // prettier-ignore

interface Placed {
  id: string;
  accessionNumber: string;
}
const NAMES = ['甲一', '乙二', '丙三', '丁四'];

describe.skipIf(!able)('the county worklist (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  let orders: Placed[];
  const row = (order: Placed | undefined) => page.locator(`tr[data-order="${order?.id}"]`);
  const rows = () => page.locator('tr[data-order]');
  const active = () => page.locator('tr.is-active').getAttribute('data-order', { timeout: 1000 }).catch(() => null); // prettier-ignore
  const named = (name: string, more: Record<string, unknown> = {}) =>
    place({
      patient: {
        name,
        sex: 'M',
        birthDate: '1968-03-15',
        identifiers: [{ type: 'mrn', value: `LIST-${name}` }],
      },
      ...more,
    });
  const arrive = async (order: Placed) => {
    await (await hub.as('radiologist2')).post(`/api/orders/${order.id}/accept`);
    return order;
  };

  beforeAll(async () => {
    orders = [];
    for (const [n, name] of NAMES.entries())
      orders.push(await arrive(await named(name, n === 3 ? { priority: 'emergency' } : {})));
    page = await enter('radiologist1', '/imaging');
    await rows().nth(3).waitFor();
  });

  test('stands by due time, an emergency first, with the time left in words and the moment on hover', async () => {
    const ids = await Promise.all((await rows().all()).map((each) => each.getAttribute('data-order')));
    expect(ids).toEqual([orders[3], orders[0], orders[1], orders[2]].map((each) => each?.id));
    const due = row(orders[0]).locator('.hub-due');
    expect(await due.innerText()).toMatch(/剩 \d+ (分|时)/);
    expect(await due.getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/);
    expect(await row(orders[3]).innerText()).toContain('急诊');
  });

  test('is worked by keys: rows up and down, pick, claim of all that are picked, and each says whose it is', async () => {
    await page.keyboard.press('End');
    await expect.poll(active).toBe(orders[2]?.id);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('x');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('x');
    await page.getByRole('button', { name: '领取 2 份' }).waitFor();
    await page.keyboard.press('c');
    await saidIn(page, '已领取 2 份');
    for (const order of [orders[0], orders[1]]) {
      expect(await orderRow(order?.id ?? '')).toMatchObject({ status: 'claimed' });
      await row(order).filter({ hasText: '陈思远' }).waitFor();
    }
    await row(orders[3]).filter({ hasText: '待领取' }).waitFor();
  });

  test('a row that somebody else claimed says so; one is found by name and the list comes back whole', async () => {
    await row(orders[2]).click();
    await expect.poll(active).toBe(orders[2]?.id);
    const other = await hub.as('radiologist2');
    await other.post(`/api/orders/${orders[3]?.id}/claim`);
    await row(orders[3]).and(page.locator('.is-other')).filter({ hasText: '林静' }).waitFor();
    expect(await active()).toBe(orders[2]?.id);
    await page.getByRole('searchbox', { name: '姓名 / 检查号 / 证件号' }).fill('丙三');
    await page.keyboard.press('Enter');
    await expect.poll(() => rows().count()).toBe(1);
    expect(await row(orders[2]).count()).toBe(1);
    await page.getByRole('searchbox', { name: '姓名 / 检查号 / 证件号' }).fill('');
    await page.keyboard.press('Enter');
    await row(orders[2]).waitFor();
  });

  test('a row above that leaves the list does not put another patient under the keys', async () => {
    const [first, second] = [await arrive(await named('先到者')), await arrive(await named('后到者'))];
    await page.reload();
    await row(second).click();
    await expect.poll(active).toBe(second.id);
    const verifier = await hub.as('radiologist2');
    const returned = await verifier.post(`/api/orders/${first.id}/return`, { reason: 'incomplete' });
    expect(returned.status, JSON.stringify(returned.body)).toBe(200);
    const doctor = await hub.as('doctor1');
    await doctor.post(`/api/orders/${first.id}/cancel`, { reason: '不再需要' });
    await row(first).waitFor({ state: 'detached' });
    expect(await active()).toBe(second.id);
    await page.keyboard.press('c');
    await expect.poll(async () => (await orderRow(second.id)).status).toBe('claimed');
  });

  test('a new order waits behind a bar instead of moving rows, and comes by key', async () => {
    const before = await rows().count();
    const fresh = await arrive(await named('新来者', { priority: 'emergency' }));
    await page.locator('.hub-fresh').filter({ hasText: '1 条新申请' }).waitFor();
    expect(await rows().count()).toBe(before);
    await page.keyboard.press('r');
    await row(fresh).waitFor();
    await page.locator('.hub-fresh').waitFor({ state: 'detached' });
  });

  test('claims of what another has taken meanwhile say so by number and take nothing', async () => {
    const taken = await arrive(await named('抢先者'));
    await page.keyboard.press('r');
    await page.reload();
    await row(taken).click();
    await page.route('**/events**', (route) => route.abort()); // this window has not heard of it
    await (await hub.as('radiologist2')).post(`/api/orders/${taken.id}/claim`);
    await page.keyboard.press('c');
    await saidIn(page, `${taken.accessionNumber} 已被他人领取`);
    await page.unroute('**/events**');
    expect((await orderRow(taken.id)).status).toBe('claimed');
  });

  test('filters narrow it, are saved under a name and come back with the tab', async () => {
    await page.getByLabel('优先级').click();
    await page.locator('.ant-select-item-option').filter({ hasText: '急诊' }).click();
    await expect.poll(() => rows().count()).toBe(2);
    await page.getByRole('button', { name: '常用筛选' }).click();
    await page.getByText('还没有保存的筛选').waitFor();
    await page.getByLabel('筛选名称').fill('只看急诊');
    await page.getByLabel('筛选名称').press('Enter');
    await page.keyboard.press('Escape');
    await page.reload();
    await expect.poll(() => rows().count()).toBe(2); // kept for this tab
    await page.getByLabel('优先级').click();
    await page.locator('.ant-select-item-option').filter({ hasText: '加急' }).click();
    await page.getByText('没有符合筛选条件的申请，请放宽条件。').waitFor();
    await page.getByRole('button', { name: '常用筛选' }).click();
    await page.getByRole('menuitem', { name: '只看急诊' }).click();
    await expect.poll(() => rows().count()).toBe(2);
    await page.evaluate(() => sessionStorage.clear());
  });

  test('columns are chosen and stay chosen on this machine; the due time cannot be hidden', async () => {
    await page.reload();
    await rows().first().waitFor();
    await page.getByRole('button', { name: '显示的列' }).click();
    expect(await page.getByRole('checkbox', { name: '时限' }).isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: '接收时间' }).uncheck();
    await page.getByRole('columnheader', { name: '接收时间' }).waitFor({ state: 'detached' });
    await page.reload();
    await rows().first().waitFor();
    expect(await page.getByRole('columnheader', { name: '接收时间' }).count()).toBe(0);
    expect(await page.getByRole('columnheader', { name: '时限' }).count()).toBe(1);
  });

  test('opens by Enter and comes back by Escape; N opens what waits for nobody', async () => {
    const free = await arrive(await named('无人领'));
    await page.reload();
    await row(free).click();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/orders/${free.id}`);
    await page.locator('.hub-strip').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL('**/imaging');
    await rows().first().waitFor();
    await page.keyboard.press('n');
    await page.waitForURL('**/orders/*');
    expect((await orderRow(page.url().split('/').at(-1) ?? '')).claimedBy).toBeNull();
    await page.goBack();
  });

  test('is exported with names shortened unless asked for in full, with a reason that the audit keeps', async () => {
    const head = await enter('head1', '/imaging');
    await head.locator('tr[data-order]').first().waitFor();
    await head.getByRole('button', { name: '导出' }).click();
    const dialog = dialogOf(head);
    await dialog.getByText('导出须说明事由').waitFor();
    await dialog.getByRole('button', { name: '导出' }).click();
    await dialog.getByText('请写明导出事由').waitFor();
    await dialog.getByText('CSV').click();
    await dialog.locator('textarea').fill('早交班');
    const [file] = await Promise.all([
      head.waitForEvent('download'),
      dialog.getByRole('button', { name: '导出' }).click(),
    ]);
    const text = await readFile(await file.path(), 'utf8');
    expect(file.suggestedFilename()).toMatch(/^影像诊断-\d{4}-\d\d-\d\d-\d\d-\d\d\.csv$/);
    expect(text).toContain('丙*');
    expect(text).not.toContain('丙三');
    const [event] = await hub.ctx.db
      .selectFrom('auditEvent')
      .select(['subjectId', 'detail'])
      .where('action', '=', 'list.export')
      .execute();
    expect(event?.detail).toMatchObject({ reason: '早交班', named: false });
    expect(text).toContain('导出人 萧正');
    await head.context().close();
  });

  test('a list that cannot be read says so, with the reference, and comes back', async () => {
    await page.goto(`${hub.url}/imaging`);
    await failsAndComesBack(page, '/api/centers/imaging/worklist', 'tr[data-order]');
    await page.context().close();
  });
});
