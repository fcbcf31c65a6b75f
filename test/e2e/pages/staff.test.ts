import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { act, add, choose, fill, rowOf, save, told, yes } from './adminList.ts';
import { able, dialogOf, enter, failsAndComesBack, hub, openGround, PASSWORD } from './ground.ts';

const staff = (username: string) =>
  hub.ctx.db.selectFrom('staff').selectAll().where('username', '=', username).executeTakeFirst();
const rolesOf = async (username: string) =>
  hub.ctx.db
    .selectFrom('staffRole')
    .select(['role', 'centerKind'])
    .where('staffId', '=', (await staff(username))?.id ?? '')
    .where('revokedAt', 'is', null)
    .execute();
const signsIn = async (username: string, password: string) =>
  (
    await fetch(`${hub.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: hub.url },
      body: JSON.stringify({ username, password }),
    })
  ).status;

describe.skipIf(!able)('people and rights (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  beforeAll(async () => {
    page = await enter('admin1', '/admin/staff');
    await rowOf(page, 'doctor1').waitFor();
  });
  const find = (words: string) => page.getByLabel('在列表中查找').fill(words);

  test('a list is narrowed by any of its words, sorted by figures in them, and exported as it stands', async () => {
    const all = await hub.ctx.db.selectFrom('staff').select('id').execute();
    await page.getByText(`${all.length} 条`).waitFor();
    await find('柳河');
    const shown = rowOf(page, /./);
    await expect.poll(() => shown.count()).toBeLessThan(all.length);
    for (const words of await shown.allInnerTexts()) expect(words).toContain('柳河');
    await page.getByRole('columnheader', { name: '用户名' }).click();
    const names = await shown.locator('td:first-child').allInnerTexts();
    expect(names).toEqual([...names].sort());
    await page.getByRole('button', { name: '导出' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'CSV' }).click(),
    ]);
    const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
    expect(lines[0]).toMatch(/^\uFEFF?用户名,姓名|^\uFEFF?用户名,名称/);
    expect(lines).toHaveLength(1 + names.length);
    await find('没有这样的人');
    await page.getByText('还没有记录。').waitFor();
    await find('');
  });

  test('somebody is added with a first password that he must replace; faults stand at their fields', async () => {
    await add(page);
    await save(page, false);
    await told(page, '2–64 位字母、数字、. _ -');
    await told(page, '请填写此项');
    await fill(page, 'username', 'new.doctor');
    await fill(page, 'password', 'weak');
    await fill(page, 'name', '新医师');
    await choose(page, 'institutionId', '柳河镇卫生院', 'LIUHE');
    await save(page, false);
    await dialogOf(page)
      .locator('.ant-form-item-explain-error')
      .filter({ hasText: /密码|至少/ })
      .waitFor();
    expect(await staff('new.doctor')).toBeUndefined();
    await fill(page, 'password', 'Given-2026!');
    await choose(page, 'licenceScope', '影像诊断 CT');
    await page.keyboard.press('Escape');
    await save(page);
    await rowOf(page, 'new.doctor').filter({ hasText: '新医师' }).waitFor();
    expect(await staff('new.doctor')).toMatchObject({
      mustChangePassword: true,
      licenceScope: ['imaging:CT'],
      active: true,
    });
    expect(await rolesOf('new.doctor')).toEqual([]); // rights come from somebody else
    await add(page);
    await fill(page, 'username', 'new.doctor');
    await fill(page, 'password', 'Given-2026!');
    await fill(page, 'name', '同名者');
    await choose(page, 'institutionId', '柳河镇卫生院', 'LIUHE');
    await save(page, false);
    await dialogOf(page).locator('.ant-alert-error').waitFor();
    await page.keyboard.press('Escape');
    await dialogOf(page).waitFor({ state: 'hidden' });
  });

  test('is changed, gets a new password that ends his sessions, and is put out of office', async () => {
    const session = await hub.as('doctor4');
    await act(page, 'doctor4', '修改');
    expect(await dialogOf(page).locator('#username').isDisabled()).toBe(true);
    await fill(page, 'title', '副主任医师');
    await fill(page, 'phone', '13900001111');
    await save(page);
    await rowOf(page, 'doctor4').filter({ hasText: '副主任医师' }).waitFor();
    await act(page, 'doctor4', '重置密码');
    await told(page, '本人下次登录时必须修改；现有会话立即退出。');
    await fill(page, 'password', 'Reset-2026!');
    await save(page);
    expect((await session.get('/api/session')).status).toBe(401);
    expect(await signsIn('doctor4', PASSWORD)).toBe(401);
    expect(await signsIn('doctor4', 'Reset-2026!')).toBe(200);
    await act(page, 'doctor4', '修改');
    await fill(page, 'title', '');
    await dialogOf(page).locator('#active').click();
    await save(page);
    await rowOf(page, 'doctor4').filter({ hasText: '停用' }).waitFor();
    expect(await staff('doctor4')).toMatchObject({ active: false, title: null, phone: '13900001111' });
    expect(await signsIn('doctor4', 'Reset-2026!')).toBe(401);
  });

  test('rights are not the administrator’s to give; the security officer gives and takes them, never his own', async () => {
    expect(await page.getByRole('button', { name: '授权' }).count()).toBe(0);
    const security = await enter('security1', '/admin/staff');
    await rowOf(security, 'security1').waitFor();
    expect(await rowOf(security, 'security1').getByRole('button', { name: '授权' }).count()).toBe(0);
    expect(await security.getByRole('button', { name: '重置密码' }).count()).toBe(0);
    await act(security, 'tech1', '授权');
    await save(security, false);
    await told(security, '请填写此项');
    await choose(security, 'role', '书写医师');
    await choose(security, 'centerKind', '心电诊断');
    await save(security);
    await rowOf(security, 'tech1')
      .getByText(/书写医师 · 心电诊断/)
      .waitFor();
    expect(await rolesOf('tech1')).toContainEqual({ role: 'reporter', centerKind: 'ecg' });
    const tag = rowOf(security, 'tech1').locator('.ant-tag').filter({ hasText: '书写医师' });
    await tag.locator('.ant-tag-close-icon').click();
    await security.getByText(/撤销 周志强 的“书写医师/).waitFor();
    await yes(security);
    await tag.waitFor({ state: 'detached' });
    expect((await rolesOf('tech1')).map(({ role }) => role)).toEqual(['technician']);
    const [own] = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('detail')
      .where('action', '=', 'security.grant')
      .execute();
    expect(own?.detail).toMatchObject({ role: 'reporter', centerKind: 'ecg' });
    await security.context().close();
  });

  test('what an area shows is whose right it is: others are not offered it and reach nothing by its address', async () => {
    const head = await enter('head1', '/admin/staff');
    await head.getByRole('menuitem', { name: '报告模板' }).waitFor();
    expect(await head.getByRole('menuitem', { name: '人员与权限' }).count()).toBe(0);
    await head.locator('section.hub-admin-area h1').waitFor();
    expect(await head.locator('section.hub-admin-area h1').innerText()).not.toBe('人员与权限');
    await head.context().close();
    const doctor = await enter('doctor1', '/admin/staff');
    await doctor.getByText('没有可管理的内容。').waitFor();
    await doctor.context().close();
  });

  test('a list that cannot be read says so and comes back', async () => {
    await failsAndComesBack(page, '/api/staff', 'tr.ant-table-row');
    await page.context().close();
  });
});
