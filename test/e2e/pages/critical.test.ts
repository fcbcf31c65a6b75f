import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { able, dialogOf, draft, enter, failsAndComesBack, hub, openGround, place, saidIn } from './ground.ts'; // prettier-ignore

const valueOf = (orderId: string) =>
  hub.ctx.db.selectFrom('criticalValue').selectAll().where('orderId', '=', orderId).executeTakeFirstOrThrow();
const banner = (page: Page) => page.locator('.hub-critical[role=alert]');
const confirm = (page: Page) => dialogOf(page).getByRole('button', { name: '确定' }).click();
const fault = (page: Page, words: string) => dialogOf(page).getByText(words).waitFor();
const row = (page: Page, number: string) => page.locator('article.hub-critical-row').filter({ hasText: number }); // prettier-ignore

describe.skipIf(!able)('critical values (needs Chromium and the built viewer)', () => {
  openGround();
  let site: Page;
  let reader: Page;
  let order: { id: string; accessionNumber: string };
  beforeAll(async () => {
    order = await place({
      patient: {
        name: '危急之人',
        sex: 'M',
        birthDate: '1968-03-15',
        identifiers: [{ type: 'mrn', value: 'CRIT1' }],
      },
    });
    await draft(order.id);
    [site, reader] = await Promise.all([
      enter('doctor1', '/orders'),
      enter('radiologist1', `/orders/${order.id}`),
    ]);
    await site.locator('h1').first().waitFor();
  });

  test('a quiet list says what will stand there; who has nothing to do with them has neither bell nor list', async () => {
    const page = await enter('duty1', '/critical');
    await page.getByText('没有未完成的危急值。').waitFor();
    await failsAndComesBack(page, '/api/critical', 'h1');
    await page.context().close();
    const admin = await enter('admin1', '/critical');
    await admin.getByText('您没有此项权限').waitFor();
    expect(await admin.getByRole('button', { name: /^危急值：/ }).count()).toBe(0);
    await admin.context().close();
  });

  test('a reader raises one with its finding; without one nothing is sent', async () => {
    await reader.getByRole('button', { name: '危急值', exact: true }).click();
    await dialogOf(reader)
      .getByText(/将立即通知 .*柳河.*：患者 危急之人/)
      .waitFor();
    await dialogOf(reader).getByRole('button', { name: '通知' }).click();
    await fault(reader, '请写明所见');
    expect(await hub.ctx.db.selectFrom('criticalValue').select('id').execute()).toEqual([]);
    await dialogOf(reader).locator('textarea').fill('张力性气胸');
    await dialogOf(reader).getByRole('button', { name: '通知' }).click();
    await saidIn(reader, '危急值已发出');
    expect(await valueOf(order.id)).toMatchObject({ tier: 'critical', finding: '张力性气胸' });
  });

  test('the site sees it at once over every page, cannot close it, and comes to it by one click', async () => {
    await banner(site)
      .filter({ hasText: /危急之人 · 张力性气胸 · 已/ })
      .waitFor(); // without a reload
    expect(await banner(site).getByRole('button').count()).toBe(1);
    await site.getByRole('button', { name: '危急值：1 条待确认' }).waitFor();
    await banner(site).getByRole('button', { name: '立即处理' }).click();
    await site.waitForURL(/\/critical\?id=/);
    await site.locator('article.is-wanted').filter({ hasText: order.accessionNumber }).waitFor();
    expect(await banner(reader).count()).toBe(0); // it is the site that must answer
  });

  test('a call that nobody answered is kept with its channel; one that was answered needs the read-back', async () => {
    const duty = await enter('duty1', '/critical');
    const value = row(duty, order.accessionNumber);
    await value.getByRole('button', { name: '记录电话通知' }).click();
    await confirm(duty);
    await fault(duty, '请填写接听人');
    await dialogOf(duty).locator('#recipientName').fill('值班护士');
    await confirm(duty);
    await fault(duty, '请复述危急值内容');
    await dialogOf(duty).getByText('无人接听').click();
    await confirm(duty);
    await value.getByText(/通知 董卫 → 值班护士 · 电话 · 无人接听/).waitFor();
    expect((await valueOf(order.id)).acknowledgedAt).toBeNull();
    await banner(duty).waitFor(); // the duty office is called as well
    await duty.context().close();
  });

  test('the site reads it back: the banner goes for everybody, the value waits for what was done', async () => {
    const value = row(site, order.accessionNumber);
    await value.getByRole('button', { name: '确认并复述' }).click();
    await confirm(site);
    await fault(site, '请复述危急值内容');
    expect((await valueOf(order.id)).acknowledgedAt).toBeNull();
    await dialogOf(site).locator('textarea').fill('危急之人，张力性气胸');
    await confirm(site);
    await value.getByText('待处置').waitFor();
    await banner(site).waitFor({ state: 'detached' });
    expect((await valueOf(order.id)).acknowledgedAt).not.toBeNull();
    await value.getByText('复述：危急之人，张力性气胸').waitFor();
    await value.getByRole('button', { name: '记录处置' }).click();
    await confirm(site);
    await fault(site, '请填写处置措施');
    await dialogOf(site).locator('textarea').fill('已行胸腔闭式引流');
    await dialogOf(site).getByText('否', { exact: true }).click();
    await confirm(site);
    await site.getByText('没有未完成的危急值。').waitFor();
    expect(await valueOf(order.id)).toMatchObject({
      disposition: '已行胸腔闭式引流',
      patientReachedAt: null,
    });
    await site.getByText('全部', { exact: true }).click();
    await row(site, order.accessionNumber).getByText('处置：已行胸腔闭式引流').waitFor();
    expect(await row(site, order.accessionNumber).getByRole('button').count()).toBe(0);
  });

  test('a false alarm is withdrawn with its reason by who may raise; the same people are told', async () => {
    await reader.getByRole('button', { name: '危急值', exact: true }).click();
    await dialogOf(reader).getByText('重大阳性提示').click();
    await dialogOf(reader).locator('textarea').fill('右肺占位');
    await dialogOf(reader).getByRole('button', { name: '通知' }).click();
    await banner(site).filter({ hasText: '右肺占位' }).waitFor();
    await site.getByText('未完成', { exact: true }).click();
    const value = row(site, '右肺占位');
    await value.getByText('重大阳性提示').waitFor();
    expect(await value.getByRole('button', { name: '撤回（误报）' }).count()).toBe(0);
    const list = await reader.context().newPage();
    await list.goto(`${hub.url}/critical`);
    await row(list, '右肺占位').getByRole('button', { name: '撤回（误报）' }).click();
    await dialogOf(list).getByText('将通知同一批人员此危急值为误报。').waitFor();
    await confirm(list);
    await fault(list, '请填写说明');
    await dialogOf(list).locator('textarea').fill('伪影');
    await confirm(list);
    await list.getByText('没有未完成的危急值。').waitFor();
    await banner(site).waitFor({ state: 'detached' });
    await list.getByText('全部', { exact: true }).click();
    await row(list, '右肺占位').getByText('已撤回（误报）：伪影').waitFor();
    await list.close();
    await Promise.all([site.context().close(), reader.context().close()]);
  });

  test('values and steps are told in English too', async () => {
    const page = await enter('radiologist2', '/critical', 'en-US');
    await page.getByText('All', { exact: true }).click();
    const value = row(page, order.accessionNumber).filter({ hasText: 'No answer' });
    await value.waitFor();
    const words = (await value.innerText()).replace(/[\p{Script=Han}][\p{Script=Han}，\s]*/gu, '·');
    expect(words).not.toMatch(/critical[.:]|events\.|states\./);
    await page.context().close();
  });
});
