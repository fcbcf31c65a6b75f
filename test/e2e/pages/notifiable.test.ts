import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fill, save, told } from './adminList.ts';
import { able, dialogOf, enter, failsAndComesBack, hub, openGround, place, sign } from './ground.ts';

const cardOf = (orderId: string) =>
  hub.ctx.db
    .selectFrom('notifiableCard')
    .selectAll()
    .where('orderId', '=', orderId)
    .executeTakeFirstOrThrow();

describe.skipIf(!able)('notifiable diseases (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  const row = (words: string) => page.locator('tr.ant-table-row').filter({ hasText: words });
  const order: { id: string; accessionNumber: string }[] = [];
  const confirm = () => dialogOf(page).getByRole('button', { name: '确定' }).click();
  beforeAll(async () => {
    page = await enter('doctor1', '/notifiable');
    await page.getByText('没有待报告的传染病卡。').waitFor();
  });

  test('a card stands at the site as soon as the report is signed, with what it rests on and the time left', async () => {
    for (const impression of ['右肺上叶继发性肺结核。', '左肺粟粒性结核。']) {
      const made = await place();
      await sign(made.id, { impression, positive: true });
      order.push(made);
    }
    await row(order[0]?.accessionNumber ?? '').filter({ hasText: /剩 2[34] 时[\s\S]*肺结核[\s\S]*乙类[\s\S]*右肺上叶继发性肺结核/ }).waitFor(); // prettier-ignore
    await row(order[1]?.accessionNumber ?? '').waitFor();
    await page
      .getByRole('searchbox')
      .last()
      .fill(order[1]?.accessionNumber ?? '');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('tr.ant-table-row').count()).toBe(1);
    await page.goto(`${hub.url}/notifiable`);
  });

  test('reported with its number or dismissed with a reason; neither without', async () => {
    const [first, second] = order as [{ id: string; accessionNumber: string }, { id: string; accessionNumber: string }]; // prettier-ignore
    await row(first.accessionNumber).getByRole('button', { name: '已报告' }).click();
    await dialogOf(page).getByText('右肺上叶继发性肺结核').waitFor();
    await confirm();
    await told(page, '请填写卡片编号');
    await fill(page, 'text', '320621-2026-0001');
    await confirm();
    await row(first.accessionNumber).waitFor({ state: 'detached' });
    expect(await cardOf(first.id)).toMatchObject({ state: 'reported', cardNumber: '320621-2026-0001' });
    await row(second.accessionNumber).getByRole('button', { name: '排除' }).click();
    await confirm();
    await told(page, '请填写排除理由');
    expect((await cardOf(second.id)).state).toBe('draft');
    await fill(page, 'text', '既往已报告');
    await confirm();
    await page.getByText('没有待报告的传染病卡。').waitFor();
    await page.getByText('全部', { exact: true }).click();
    await row(first.accessionNumber).filter({ hasText: '320621-2026-0001 · 郑国华' }).waitFor();
    await row(second.accessionNumber)
      .filter({ hasText: /已排除[\s\S]*既往已报告/ })
      .waitFor();
    expect(await page.getByText('迟报漏报汇总').count()).toBe(0); // a site sees its cards only
    await failsAndComesBack(page, '/api/notifiable', 'tr.ant-table-row');
    await page.context().close();
  });

  test('quality staff read who reported in time; every number opens its cards', async () => {
    page = await enter('qa1', '/notifiable?area=summary');
    await page.getByText('100.0%').waitFor();
    await page.getByText('1/1 · 时限内报告').waitFor();
    const line = page.locator('tr.ant-table-row').filter({ hasText: '肺结核' });
    expect(await line.locator('td').allInnerTexts()).toEqual(
      expect.arrayContaining(['柳河镇卫生院', '肺结核', '2', '1', '0']),
    );
    await line.getByRole('link').first().click();
    await page.waitForURL(/\/notifiable\?.*state=all.*institutionId=/);
    await expect.poll(() => page.locator('tr.ant-table-row').count()).toBe(2);
    expect(await page.getByRole('button', { name: '已报告' }).count()).toBe(0); // not theirs to answer
    await page.locator('.ant-tag-close-icon').click();
    expect(page.url()).not.toContain('institutionId');
    await page.goto(`${hub.url}/notifiable?area=summary`);
    await failsAndComesBack(page, '/api/notifiable-summary', 'tr.ant-table-row');
  });

  test('a rule is tried on past reports before it is saved; a change is a version with its reason', async () => {
    await page.goto(`${hub.url}/notifiable?area=rules`);
    await row('肺结核').waitFor();
    await page.getByRole('button', { name: '新增规则' }).click();
    await fill(page, 'code', 'Not A Code');
    await save(page, false);
    await told(page, '2–40 位小写字母、数字或连字符');
    await told(page, '请填写');
    await fill(page, 'code', 'nodule');
    await fill(page, 'disease', '粟粒病');
    await fill(page, 'diseaseEn', 'Miliary disease');
    await fill(page, 'reason', '试行');
    await dialogOf(page).locator('#words').fill('粟粒性、');
    await dialogOf(page).getByRole('button', { name: '用近 90 天报告试算' }).click();
    await dialogOf(page)
      .getByText(/读取 2 份报告，命中 1 份/)
      .waitFor();
    await dialogOf(page)
      .getByRole('link', { name: order[1]?.accessionNumber ?? '' })
      .waitFor();
    await save(page);
    await row('粟粒病').filter({ hasText: '24 小时' }).waitFor();
    await row('粟粒病').getByRole('button', { name: '修改' }).click();
    await fill(page, 'dueHours', '2');
    await fill(page, 'reason', '按甲类管理');
    await save(page);
    await row('粟粒病').filter({ hasText: '2 小时' }).waitFor();
    await row('粟粒病')
      .getByRole('button', { name: /^第 2 版/ })
      .click();
    const drawer = page.locator('.ant-drawer:visible');
    await drawer.getByText('按甲类管理').waitFor();
    await drawer.getByText(/^第 1 版/).waitFor();
    const versions = await hub.ctx.db
      .selectFrom('notifiableRuleVersion')
      .select(['version', 'reason'])
      .where('code', '=', 'nodule')
      .orderBy('version')
      .execute();
    expect(versions).toEqual([
      { version: 1, reason: '试行' },
      { version: 2, reason: '按甲类管理' },
    ]);
    await page.context().close();
  });

  test('a correction that takes the finding back withdraws the card; the rules read in English', async () => {
    const made = await place();
    await sign(made.id, { impression: '右肺继发性肺结核。', positive: true });
    const verifier = await hub.as('radiologist2');
    const corrected = await verifier.post(`/api/orders/${made.id}/report/correct`, {
      reason: '所见或诊断有误',
      pin: '246810',
      content: { findings: '双肺清晰', impression: '未见异常', positive: false },
    });
    expect(corrected.status, JSON.stringify(corrected.body)).toBe(200);
    page = await enter('qa1', '/notifiable?state=withdrawn', 'en-US');
    await row(made.accessionNumber).filter({ hasText: 'Pulmonary tuberculosis' }).waitFor();
    expect((await cardOf(made.id)).state).toBe('withdrawn');
    expect(await page.locator('body').innerText()).not.toMatch(/notifiable[.:]|states\.|filters\./);
    await page.context().close();
  });
});
