import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { act, add, choose, fill, rowOf, save, told, yes } from './adminList.ts';
import { able, dialogOf, enter, failsAndComesBack, hub, openGround, saidIn } from './ground.ts';

const policies = (code: string) =>
  hub.ctx.db.selectFrom('turnaroundPolicy').selectAll().where('code', '=', code).orderBy('version').execute();

describe.skipIf(!able)('the rules that a centre works by (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  beforeAll(async () => {
    page = await enter('head1', '/admin/templates');
    await page.locator('.hub-admin-list').waitFor();
  });
  const go = async (area: string) => {
    await page.goto(`${hub.url}/admin/${area}`);
    await page.locator('.hub-admin-area h1').waitFor();
  };

  test('a template of the centre is written by its head, gets a version with each change, and is taken away', async () => {
    await add(page);
    await save(page, false);
    await told(page, '请填写此项');
    await fill(page, 'name', '膝关节正常');
    await fill(page, 'modality', 'DX');
    await fill(page, 'findings', '膝关节骨质结构完整。');
    await fill(page, 'impression', '膝关节未见异常。');
    await save(page);
    const row = rowOf(page, '膝关节正常');
    await row.filter({ hasText: /DX[\s\S]*全中心[\s\S]*1[\s\S]*膝关节未见异常/ }).waitFor();
    await act(page, '膝关节正常', '修改');
    await fill(page, 'impression', '双膝未见异常。');
    await save(page);
    await row.filter({ hasText: '双膝未见异常' }).waitFor();
    const kept = await hub.ctx.db
      .selectFrom('reportTemplate')
      .selectAll()
      .where('name', '=', '膝关节正常')
      .executeTakeFirstOrThrow();
    expect(kept).toMatchObject({ version: 2, content: { findings: '膝关节骨质结构完整。' }, ownerId: null });
    const reader = await enter('radiologist1', '/admin/templates');
    await rowOf(reader, '膝关节正常').waitFor();
    expect(await rowOf(reader, '膝关节正常').getByRole('button').count()).toBe(0); // the centre's, not his
    await add(reader);
    expect(await dialogOf(reader).locator('#personal').isDisabled()).toBe(true);
    await fill(reader, 'name', '我的膝');
    await save(reader);
    await rowOf(reader, '我的膝').filter({ hasText: '个人' }).waitFor();
    await reader.context().close();
    await act(page, '膝关节正常', '删除');
    await page.getByText('删除模板“膝关节正常”？').waitFor();
    await yes(page);
    await row.waitFor({ state: 'detached' });
    await failsAndComesBack(page, '/api/templates', '.hub-admin-list');
  });

  test('phrases of one code: the centre’s and one’s own; removed they are offered no more', async () => {
    await go('phrases');
    await add(page);
    await fill(page, 'code', 'wjyc');
    await fill(page, 'body', '未见明显异常');
    await choose(page, 'field', '诊断意见');
    await save(page);
    await rowOf(page, 'wjyc')
      .filter({ hasText: /未见明显异常[\s\S]*诊断意见[\s\S]*全中心/ })
      .waitFor();
    await act(page, 'wjyc', '修改');
    await fill(page, 'body', '未见异常');
    await save(page);
    await rowOf(page, /wjyc[\s\S]*未见异常/).waitFor();
    await act(page, 'wjyc', '删除');
    await yes(page);
    await rowOf(page, 'wjyc').waitFor({ state: 'detached' });
    const { items } = (await (await hub.as('radiologist1')).get('/api/phrases?center=imaging')).body;
    expect(items.map((each: { code: string }) => each.code)).not.toContain('wjyc');
  });

  test('a turnaround target is changed as a new version; the old one stays readable, a national one becomes local', async () => {
    await go('policies');
    const national = rowOf(page, '国家规定').first();
    await national.waitFor();
    expect(await national.getByRole('button', { name: '停用' }).count()).toBe(0);
    const name = (await national.locator('td').nth(1).innerText()).trim();
    const code = (
      await hub.ctx.db.selectFrom('turnaroundPolicy').select('code').where('name', '=', name).executeTakeFirstOrThrow()
    ).code; // prettier-ignore
    const [before] = await policies(code);
    await national.getByRole('button', { name: '新版本' }).click();
    await told(page, '新版本只作为本地规定');
    await fill(page, 'targetMinutes', '');
    await save(page, false);
    await told(page, '请填写此项');
    await fill(page, 'targetMinutes', '77');
    await fill(page, 'warnMinutes', '7');
    await dialogOf(page).locator('#workingDays').fill('');
    await save(page);
    await rowOf(page, name)
      .filter({ hasText: /本地规定[\s\S]*77 分/ })
      .waitFor();
    const [old, fresh] = await policies(code);
    expect(old).toMatchObject({ targetMinutes: before?.targetMinutes, mark: 'N', validTo: expect.any(Date) as Date }); // prettier-ignore
    expect(fresh).toMatchObject({ targetMinutes: 77, warnMinutes: 7, mark: 'L', validTo: null, workingDays: null }); // prettier-ignore
    const shown = await rowOf(page, name).count();
    await page.getByText('含历史版本').click();
    await expect.poll(() => rowOf(page, name).count()).toBe(shown + 1);
    await page.getByText('含历史版本').click();
  });

  test('a special target stands beside its rule for one class and priority, and is ended with what it means', async () => {
    const row = rowOf(page, /影像诊断/).filter({ has: page.getByRole('button', { name: '专用时限' }) }).first(); // prettier-ignore
    await row.getByRole('button', { name: '专用时限' }).click();
    await told(page, '只用于所选项目类别和优先级的新申请');
    expect(await dialogOf(page).locator('#name').inputValue()).toBe('');
    await fill(page, 'name', '超声特快');
    const byClass = await dialogOf(page).locator('#itemClass').count();
    if (byClass) await choose(page, 'itemClass', '超声');
    else await choose(page, 'priority', '加急');
    await fill(page, 'targetMinutes', '33');
    await save(page);
    await rowOf(page, '超声特快').filter({ hasText: '33 分' }).waitFor();
    await act(page, '超声特快', '停用');
    await page.getByText('停用“超声特快”？新申请改用范围更宽的规则').waitFor();
    await yes(page);
    await rowOf(page, '超声特快').waitFor({ state: 'detached' });
    const [ended] = await hub.ctx.db.selectFrom('turnaroundPolicy').select('validTo').where('name', '=', '超声特快').execute(); // prettier-ignore
    expect(ended?.validTo).not.toBeNull();
    await failsAndComesBack(page, '/api/policies', 'tr.ant-table-row');
  });

  test('a day is made a holiday with its name, a working day, and ordinary again; open due times are counted anew', async () => {
    await go('calendar');
    const days = (day: string) =>
      hub.ctx.db.selectFrom('turnaroundCalendarDay').select(['working', 'note']).where('day', '=', day as never).execute(); // prettier-ignore
    await page.locator('.ant-picker-calendar').waitFor();
    await page.getByRole('button', { name: '下个月' }).click();
    await page
      .locator('.ant-picker-cell-in-view')
      .filter({ hasText: /^\s*20/ })
      .first()
      .click();
    const key = (await page.locator('.hub-bar b').innerText()).trim();
    expect(key).toMatch(/^\d{4}-\d\d-20$/);
    await page.getByLabel('备注(如 元旦)').fill('县庆');
    await page.getByRole('button', { name: '设为休息' }).click();
    await saidIn(page, `${key} 已修改，重新计算了 0 个未结申请的时限`);
    await page.locator('.ant-picker-cell-in-view').getByText('县庆').waitFor();
    expect(await days(key)).toEqual([{ working: false, note: '县庆' }]);
    await page.getByRole('button', { name: '设为上班' }).click();
    await expect.poll(async () => (await days(key))[0]?.working).toBe(true);
    await page.getByRole('button', { name: '恢复默认' }).click();
    await expect.poll(() => days(key)).toEqual([]);
    await page.getByRole('button', { name: '恢复默认' }).waitFor({ state: 'detached' });
    const admin = await enter('admin1', '/admin/calendar');
    await admin.locator('.ant-picker-calendar').waitFor();
    expect(await admin.getByRole('button', { name: '设为休息' }).count()).toBe(0); // reads, does not edit
    await admin.context().close();
    await failsAndComesBack(page, '/api/calendars', '.ant-picker-calendar');
  });

  test('a year whose holidays are missing is alarmed, and declared complete by a person who can take that back', async () => {
    await hub.ctx.db.deleteFrom('turnaroundCalendarDay').execute();
    await hub.ctx.db.updateTable('turnaroundCalendar').set({ completeYears: [] }).execute();
    await page.reload();
    const short = page.locator('.ant-alert-warning').filter({ hasText: '年的节假日尚未录全' });
    const [{ gap }] = (await (await hub.as('head1')).get('/api/calendars')).body.items;
    await short.filter({ hasText: new RegExp(`${gap.year} 年[\\s\\S]*元旦、`) }).waitFor();
    const complete = async () =>
      (await hub.ctx.db.selectFrom('turnaroundCalendar').select('completeYears').execute()).flatMap(
        (row) => row.completeYears,
      );
    await page.getByRole('button', { name: `${gap.year} 年已录全` }).click();
    await saidIn(page, `${gap.year} 年已标记为录全`);
    expect(await complete()).toEqual([gap.year]);
    await page.getByRole('button', { name: '撤消' }).click();
    await saidIn(page, `已取消 ${gap.year} 年的录全标记`);
    expect(await complete()).toEqual([]);
  });

  test('a shift is entered with person, duty and hours; one that runs is ended, one to come removed', async () => {
    await go('roster');
    await page.locator('.hub-admin-list').waitFor();
    await add(page);
    await save(page, false);
    await told(page, '请填写此项');
    await choose(page, 'staffId', '陈思远', 'radiologist1');
    await choose(page, 'duty', '书写');
    await choose(page, 'centerKind', '影像诊断');
    await fill(page, 'phone', '0513-5550777');
    await save(page);
    const made = () =>
      hub.ctx.db.selectFrom('rosterShift').selectAll().where('phone', '=', '0513-5550777').execute();
    expect(await made()).toMatchObject([{ duty: 'reporter', centerKind: 'imaging' }]);
    const row = rowOf(page, '0513-5550777');
    await row.filter({ hasText: /08:00[\s\S]*08:00[\s\S]*书写[\s\S]*陈思远/ }).waitFor();
    await row.getByRole('button').click();
    await yes(page);
    await expect
      .poll(async () => (await made()).filter((each) => each.endsAt.getTime() > Date.now() + 1000))
      .toEqual([]);
    await failsAndComesBack(page, '/api/roster', '.hub-admin-list');
  });

  test('what counts as critical is set by tier and limits; a refusal of the hub is told', async () => {
    await go('critical');
    const row = rowOf(page, 'ms').first();
    await row.waitFor();
    const name = (await row.locator('td').nth(1).innerText()).trim();
    await row.getByRole('button', { name: /修改$/ }).click();
    await told(page, '保存后对新到的记录生效');
    const field = dialogOf(page).getByRole('spinbutton').first();
    await field.fill('');
    await dialogOf(page).locator('.ant-btn-primary').click();
    await told(page, '请填写此项');
    await field.fill('4321');
    await dialogOf(page).locator('.ant-btn-primary').click();
    await rowOf(page, name).filter({ hasText: '4321' }).waitFor();
    const rule = () => hub.ctx.db.selectFrom('criticalRule').selectAll().where('name', '=', name).executeTakeFirstOrThrow(); // prettier-ignore
    expect(JSON.stringify((await rule()).settings)).toContain('4321');
    await rowOf(page, name).getByRole('switch').click();
    await expect.poll(async () => (await rule()).active).toBe(false);
    await page.route('**/api/critical-rules/*', (route) =>
      route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ type: 'forbidden', status: 403 }) }),
    ); // prettier-ignore
    await rowOf(page, name).getByRole('switch').click();
    await page.locator('.ant-message-error').waitFor();
    expect(await rowOf(page, name).getByRole('switch').getAttribute('aria-checked')).toBe('false');
    await page.context().close();
  });
});
